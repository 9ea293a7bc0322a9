/* kgoals: the goals of a kernel's make that configure it: its own, and the files that its configs folders hold. */
#pragma once
#include <stdbool.h>

struct arena;
struct strings;
struct tree;

/* Whether a goal is none of them, although it looks like one, in a tree that has a Kconfig at all (`sub`: its folder in
 * the result). `near` gets the nearest one of `arch`, or NULL. */
bool kgoals_lack(const struct tree *t, const char *sub, const char *arch, const char *goal, struct arena *a,
		 const char **near);
/* Whether one of the words in these goals configures: ends in `config`, as Kbuild itself tells them. */
bool kgoals_configure(const struct strings *goals);
