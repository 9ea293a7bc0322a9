/* modcheck_own: what a check of modules has found so far, for modcheck.c, which finds it, and modcheck_say.c, which
 * says it. */
#pragma once
#include "data/modcheck.h"

#define SHOWN 3 /* names in a sentence */

enum kind {
	DAMAGED,
	ARCH,
	VERMAGIC,
	DUPLICATE,
	UNSIGNED,
	CRC,
	NO_CRC,
	MISSING,
	GPL_ONLY,
	NAMESPACE,
	EXPORTED_TWICE,
	ABSENT,
	FOREIGN,
	BROKEN
};

/* What was found of one kind (and one detail, such as a foreign vermagic). */
struct group {
	enum kind kind;
	const char *detail;
	size_t n, modules;
	const struct set_module *last;
	const char *items[SHOWN];
	const struct shared_symbol *first; /* symbol of items[0] */
	struct place at;
};

struct verdict {
	const struct modcheck *k;
	struct modset *set;
	struct group *v;
	size_t n, cap;
	const char *vermagic;
	size_t same; /* without a kernel: the modules that have it, more than any other */
	struct vermagic_arch arch;
	bool whole;                       /* compare all of it, not only how it begins */
	bool versions, spaces, must_sign; /* what the .config asks for */
	size_t stale;                     /* symbols of which Module.symvers says another CRC than their module */
	const struct shared_symbol *first_stale;
	size_t nameless; /* modules that do not say the CRCs of what they export */
	const struct set_module *first_nameless;
	size_t unproved; /* symbols that are used and that nobody who is known exports, where no list of the kernel's is
			    there */
};

/* The sentence of one group. */
void modcheck_say(const struct verdict *d, const struct group *g, struct err *err);
/* What was not proved: said, since nothing is skipped silently. */
void modcheck_limits(const struct verdict *d, size_t packed, size_t left_out);
