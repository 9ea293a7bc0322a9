/* kdrawn: what the build of a configuration draws anew each time it begins from nothing: a signing key, a seed. */
#pragma once

struct job;
struct kconfig;

/* Notes it, for nobody asked for it where it came with a base. */
void kdrawn_note(struct job *job, const struct kconfig *config);
