#include "store/mirror.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "os/fs.h"
#include "store/store_own.h"

static void
drop_fd(int *fd)
{
	if (*fd >= 0)
		close(steal_fd(fd));
}

static const char *
path_of(char path[STORE_PATH], const struct hash *id)
{
	char hex[HASH_HEX];

	snprintf(path, STORE_PATH, "mirrors/%s", hash_hex(id, hex));
	return path;
}

static int
open_folder(struct store *st, struct mirror *m, struct err *err)
{
	char path[STORE_PATH];

	if (m->dir >= 0)
		return 0;
	if (fs_mkdirs(st->fd, path_of(path, &m->id)))
		return store_fault(path, err);
	m->dir = fs_open_nofollow(st->fd, path, O_RDONLY | O_DIRECTORY);
	/* its time is that of its last use, for gc */
	return m->dir < 0 || futimens(m->dir, NULL) ? store_fault(path, err) : 0;
}

int
store_mirror(struct store *st, const char *url, bool wait, struct mirror *m, struct err *err)
{
	cleanup_str struct str name = {0};
	struct hash id;
	int r;

	str_addf(&name, "mirror of %s\n", url);
	id = hash_of(name.s, name.len);
	if (m->lock >= 0 && !hash_cmp(&m->id, &id))
		return open_folder(st, m, err);
	store_mirror_close(m);
	r = store_lock_key(st, &id, wait, &m->lock, err);
	m->id = id;
	return r ? r : open_folder(st, m, err);
}

void
store_mirror_damaged(struct store *st, struct mirror *m)
{
	char path[STORE_PATH];

	object_set_aside(st, path_of(path, &m->id), "the mirror is damaged");
	drop_fd(&m->dir);
}

void
store_mirror_close(struct mirror *m)
{
	drop_fd(&m->dir);
	drop_fd(&m->lock);
}
