/* seen: where the store keeps what files of projects held when they were last read. */
#include "base/err.h"
#include "base/mem.h"
#include "store/store_own.h"

bool
store_recall(const struct store *st, const struct hash *name, struct str *out)
{
	char path[STORE_PATH];

	return object_read(st, object_path(path, "seen", name, ""), out);
}

/* A process may be killed with half of it written: outside of a run there is no temporary folder yet that goes with it.
 */
void
store_remember(struct store *st, const struct hash *name, const struct str *bytes, bool durable)
{
	struct err unsaid = {0};
	char path[STORE_PATH], tmp[64];
	cleanup_fd int dir = -1;
	bool own = *st->own;

	if (st->writable && !own)
		dir = store_tmp(st, tmp, &unsaid);
	if (st->writable && (own || dir >= 0))
		object_write(st, object_path(path, "seen", name, ""), bytes, durable, &unsaid);
	if (dir >= 0)
		store_discard(st, tmp);
	err_free(&unsaid);
}
