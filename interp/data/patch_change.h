/* patch_change: what one change of a patch does to the files of a set. */
#pragma once
#include "data/patch_apply.h"
#include "data/patch_set.h"

/* A patch on its way into a set. */
struct patch_run {
	struct patch_set *set;
	const struct patchfile *pf;
	const struct patch_how *how;
	int strip;
	struct err *err;
	struct str notes; /* lines, kept until the whole patch is in */
	bool changed;     /* anything at all */
	struct patch_moves moves;
};

/* Applies `c` (seen from the side the run goes) to the pending files. */
int patch_change_apply(struct patch_run *run, const struct patch_change *c);
/* A mistake of the patch at a change; gives -1. */
int patch_change_fault(struct patch_run *run, const struct patch_change *c, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
