#include "model/entry_member.h"

struct member
entry_member(const struct entry *e, int64_t mtime)
{
	return (struct member){.name = e->path,
			       .target = e->target,
			       .xattrs = e->xattrs,
			       .size = e->size,
			       .mode = e->mode,
			       .uid = e->uid,
			       .gid = e->gid,
			       .rdev = e->rdev,
			       .mtime = mtime};
}
