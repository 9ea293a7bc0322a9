/* inputs: all that a recipe takes from elsewhere, as lines of jkr.lock. */
#pragma once
#include "cli/session.h"

/* Pins what jkr.lock does not pin yet (versions of packages and images, commits), and notes what follows. `n`: how many
 * lines the recipe has. The session's project is open; nothing is written. */
int inputs_lock(struct session *s, size_t *n, struct err *err);
/* Notes what the recipe says itself: hash and size of each address, hash of each toolchain's file. `names` takes their
 * names. */
void inputs_note(struct session *s, struct map *names);
/* --locked: what jkr.lock notes is what the recipe has. */
int inputs_check(struct session *s, struct err *err);
