/* key: the readable text that stands for a step's work; its SHA-256 is the step's key.
 *
 *   jkr-key 1
 *   primitive untar 3
 *   param strip = "1"
 *   file archive file.tar.xz 5f0c…         content of a project's file or folder
 *   input on "" 77aa…                      result of a step (or the part of it that is used); no step's name:
 *                                          what it is called changes nothing
 *   pin …                                  version and hash of a package or image
 *   dirty                                  an edited folder stands before it (--with): never to be shared
 *   epoch 1735689600                       only where the result depends on it
 *   programs of this machine               not the image's: backend none
 *
 * Two texts are compared line by line to say why a step runs; so each line stands for one cause. */
#pragma once
#include "model/plan.h"

struct str;

/* Writes the key text of a step whose inputs all have results. */
int key_text(const struct plan *p, const struct plan_step *ps, const struct plan_env *env, struct str *out,
	     struct err *err);
/* One sentence on what differs between the last text of `step` and this one; in the arena. */
const char *key_reason(const char *before, const char *now, const struct recipe *recipe, const struct step *step,
		       struct arena *a);

/* A line that only one of two texts of a step has. */
struct key_line {
	char mark;        /* '-': only the text before has it, '+': only this one */
	const char *line; /* without its newline */
	const char *name; /* what a file's or an input's line takes in, in this recipe's words; NULL: cannot be told */
};
/* All of them, those that were dropped first; none where only the order is another. In the arena. */
size_t key_lines(const char *before, const char *now, const struct recipe *recipe, const struct step *step,
		 struct arena *a, struct key_line **out);
