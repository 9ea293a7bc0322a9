/* klabel: the name that a kernel bears in its release: LABEL-DIGEST, where the digest is of all that it is built from.
 */
#pragma once
#include <stddef.h>

struct arena;
struct pairs;
struct str;

#define KLABEL_DIGEST 12 /* hex digits */
#define KLABEL_RELEASE_MAX 64

/* Runs of other characters than letters, digits and . _ - become one "-", none of -._ stands at an end, all lower case.
 */
const char *klabel_slug(struct arena *a, const char *text);
/* Of a mail's subject as written, "[PATCH v3 0/7] net: faster": its slug, and "-v3" where a version of 2 or more is
 * said there or at the subject's end. */
const char *klabel_of_subject(struct arena *a, const char *subject);
/* Cuts a label to `budget` characters: at its last "-" inside it; a "-vN" at the end stays, alone where nothing else
 * has room. Not even that: "". */
const char *klabel_fit(struct arena *a, const char *label, long budget);

/* make's variables as one text of shell words, what -fdebug-prefix-map= says left out. */
const char *klabel_flags(struct arena *a, const struct pairs *variables);
/* The first digits of the SHA-256 over the lines of a .config but CONFIG_LOCALVERSION, the toolchain, the flags, the
 * tree. */
const char *klabel_digest(struct arena *a, const char *config, const char *toolchain, const char *flags,
			  const char *tree);

/* CONFIG_LOCALVERSION of a .config without its quotes, and without what an earlier klabel_bake put there for this
 * label, whole or as it was cut for this version. */
const char *klabel_prior(struct arena *a, const char *config, const char *label, const char *version);
/* PRIOR-LABEL-DIGEST, the label cut so that a release of this version holds it; `*cut` is what stands there of it. */
const char *klabel_localversion(struct arena *a, const char *prior, const char *version, const char *label,
				const char *digest, const char **cut);
/* The .config with this local version, and with none that git is asked for. */
void klabel_bake(const char *config, const char *localversion, struct str *out);
