/* with: folders that take the place of a step's result (--with STEP=DIR). */
#pragma once
#include <stdint.h>

struct err;
struct recipe;
struct session;

/* The step whose tree a person edits when he says `name`: that step, or of a tree or constructor what it gives in the
 * end. What a program or a check makes is none. -1 with a sentence. */
int64_t with_step(struct session *s, const char *name, struct err *err);
/* Puts the folders of the command line in the place of their steps, in the recipe that was loaded. */
int with_apply(struct session *s, struct err *err);
