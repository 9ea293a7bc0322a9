/* received: what nobody takes in from others as plain files, whatever a list or a digest says of it. */
#pragma once

struct entry;
struct tree;

/* Why an entry is refused among all that came with it: it would be a repository, a link leads out, it is a device.
 * NULL: it is not. */
const char *received_fault(const struct tree *all, const struct entry *e);
