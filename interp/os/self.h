/* self: what this program is. */
#pragma once

struct hash;

/* Of the linker's numbers of this program and of the libraries that are loaded by now: another build gives another
 * hash. -1 where the program has none. */
int self_build(struct hash *out);
