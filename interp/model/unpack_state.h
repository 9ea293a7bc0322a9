/* unpack_state: what unpack.c and unpack_member.c share. Private to them. */
#pragma once
#include "base/map.h"
#include "base/mem.h"
#include "data/archive.h"
#include "model/layer.h"
#include "model/sink.h"
#include "model/unpack.h"
#include "model/unpack_names.h"

struct unpack {
	struct layer *layer;
	const struct tree *below;
	const struct unpack_opts *opts;
	struct sink *sink;
	struct arena arena;
	struct patterns only, skip;
	struct map kinds;   /* path → KIND(type, archive) of what was written or implied */
	const char *parent; /* of the last member: known to be a folder */
	const char **seen;  /* all names, for hints, when there are patterns */
	size_t nseen, cap;
	size_t archive;      /* number of the archive, from 1 */
	const char *label;   /* how sentences name it */
	const char *top;     /* with `one_top`: the folder that all lies in */
	const char *deepest; /* the name with most components that strip took all of */
	struct unpack_sums sums;
	uint64_t above, twice, setid, xattrs, acls; /* counted for notes */
};

/* The type of what stands at a path, and the archive it came from (0: implied or from below). */
#define KIND(mode, archive) ((void *)(((uintptr_t)(archive) << 16) | ((mode)&S_IFMT)))
#define KIND_TYPE(k) ((uint32_t)(uintptr_t)(k)&S_IFMT)
#define KIND_ARCHIVE(k) ((size_t)((uintptr_t)(k) >> 16))

/* Puts one member into the layer, or leaves it out as strip, only and skip say. */
int unpack_member(struct unpack *u, struct arc *a, const struct member *m, struct err *err);
void unpack_note(struct unpack *u, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
