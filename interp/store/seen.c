/* seen: where the store keeps what files of projects held when they were last read. */
#include "base/err.h"
#include "store/store_own.h"

bool
store_recall(const struct store *st, const struct hash *name, struct str *out)
{
	char path[STORE_PATH];

	return object_read(st, object_path(path, "seen", name, ""), out);
}

void
store_remember(struct store *st, const struct hash *name, const struct str *bytes, bool durable)
{
	struct err unsaid = {0};
	char path[STORE_PATH];

	if (st->writable)
		object_write(st, object_path(path, "seen", name, ""), bytes, durable, &unsaid);
	err_free(&unsaid);
}
