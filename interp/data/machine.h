/* machine: another computer, asked over ssh which kernel it runs and which files belong to that. */
#pragma once
#include "base/mem.h"
#include "data/checklist.h"

struct err;

struct machine {
	const char *name;    /* as it was asked for */
	const char *release; /* `uname -r` */
	const char *banner;  /* /proc/version */
	struct checklist
		files; /* absolute paths without the first slash: kernel images in boot/, modules, the manifest */
};

/* Asks ssh://[USER@]HOST[:PORT]. What it answers is bounded, and believed in nothing but that it says it. */
int machine_ask(const char *url, struct arena *a, struct machine *out, struct err *err);
/* Takes such an answer apart, in place; what it does not say stays as it was in `out`. */
int machine_answer(char *text, const char *url, struct arena *a, struct machine *out, struct err *err);
