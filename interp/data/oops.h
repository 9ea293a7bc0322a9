/* oops: what a kernel says when it fails, and where its functions lie. Both texts may hold anything. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

struct err;

/* A place of the kernel's, as an oops writes it. */
struct oops_word {
	size_t at, len;   /* in the text */
	const char *name; /* of a function, with `offset` in its `size` bytes; NULL: `offset` is an address */
	const char *module;
	uint64_t offset, size;
};

struct oops {
	struct arena arena;
	struct oops_word *v; /* in the order of the text */
	size_t n, cap;
	uint64_t moved; /* "Kernel Offset:", how far the kernel lay from where it was linked */
};

/* Finds the places in a text, of which it keeps nothing. */
void oops_read(struct oops *o, const char *text, size_t len);
void oops_free(struct oops *o);

struct oops_symbol {
	const char *name, *section; /* section: of a module, whose addresses count from there; else NULL */
	uint64_t address;
	uint64_t size; /* what ELF says, 0: not known */
	uint64_t gap;  /* up to the next one, 0: it is the last; the kernel itself counts so */
};

/* The functions of one vmlinux, module or System.map. */
struct oops_symbols {
	struct arena arena;
	struct oops_symbol *v; /* by section, then by address */
	size_t n, cap;
	bool has_lines;   /* it holds line numbers */
	uint16_t machine; /* of ELF, 0: a System.map */
};

/* Reads a vmlinux, a module or a System.map, which the content tells. */
int oops_symbols_read(struct oops_symbols *s, const char *name, const void *p, size_t n, struct err *err);
void oops_symbols_free(struct oops_symbols *s);
/* The function of this name that has this size, or the last one, whose size is not known; NULL: none. `*other` says
 * that there is one of the name, but of another size: another build. */
const struct oops_symbol *oops_find(const struct oops_symbols *s, const char *name, uint64_t size, bool *other);
/* The function that an address lies in, or NULL. */
const struct oops_symbol *oops_at(const struct oops_symbols *s, uint64_t address);
