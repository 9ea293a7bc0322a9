/* modcheck: whether a set of modules fits one kernel: one sentence for each kind of misfit. */
#pragma once
#include "data/modset.h"
#include "data/vermagic.h"

struct modcheck {
	const char *release;          /* NULL: no kernel is known, and the modules are compared with each other */
	const char *config;           /* text of the .config, or NULL: only releases are compared */
	struct vermagic_arch arch;    /* machine 0: not compared */
	bool signatures;              /* every module must be signed, by a key of the set where it has any */
	bool symbols;                 /* compare CRCs, look for every symbol */
	const char *const *allow;     /* modules (name or path) whose misfits are notes */
	const struct place *allow_at; /* where each stands, or NULL */
	size_t nallow;
	const char *const *allow_missing; /* symbols that nobody need export */
	size_t nallow_missing;
	const char *const
		*replaces; /* modules of the kernel that one built outside replaces: they may be there twice */
	size_t nreplaces;
	bool twice; /* all may: who asks looks at that by itself */
	void (*note)(void *ctx, const char *text);
	void *ctx;
};

/* Adds one mistake per kind to `err`; -1 when there was any. */
int modcheck_run(const struct modcheck *k, struct modset *set, struct err *err);
