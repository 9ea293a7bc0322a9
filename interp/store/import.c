#include "store/import.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "base/mem.h"
#include "os/fs.h"
#include "store/store_own.h"

static const char *
path_of(char path[IMPORT_PATH], const struct hash *id)
{
	char hex[HASH_HEX];

	snprintf(path, IMPORT_PATH, "imports/%s", hash_hex(id, hex));
	return path;
}

bool
store_import(struct store *st, const struct hash *id, char path[IMPORT_PATH])
{
	cleanup_fd int dir = fs_open_nofollow(st->fd, path_of(path, id), O_RDONLY | O_DIRECTORY);

	/* its time is that of its last use, for gc */
	if (dir >= 0)
		futimens(dir, NULL);
	return dir >= 0;
}

int
store_import_put(struct store *st, const struct hash *id, const char *tmpname, const char *sub, struct err *err)
{
	cleanup_free char *from = xasprintf("tmp/%s/%s", tmpname, sub);
	char path[IMPORT_PATH];

	if (fs_mkdirs(st->fd, "imports") ||
	    (renameat(st->fd, from, st->fd, path_of(path, id)) && errno != EEXIST && errno != ENOTEMPTY))
		return store_fault(path, err);
	return 0;
}

void
store_import_damaged(struct store *st, const struct hash *id)
{
	char path[IMPORT_PATH];

	object_set_aside(st, path_of(path, id), "the import is not what its commit holds");
}
