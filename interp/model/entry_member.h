/* entry_member: an entry of a tree as a member of an archive that is written (data/archive_write.h). */
#pragma once
#include "data/archive.h"
#include "model/tree.h"

/* All that the list says of it, under its own path; the strings are borrowed. `mtime` in seconds since the epoch. */
struct member entry_member(const struct entry *e, int64_t mtime);
