/* stat: how much is in the store. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/fs.h"
#include "store/store_own.h"

static int
count_layer(void *ctx, struct store *st, const char *name, const char *path)
{
	cleanup_arena struct arena a = {0};
	struct entry *v = NULL;
	struct store_stat *s = ctx;
	struct hash id;
	const char *why;
	size_t n = 0;

	(void)path;
	if (hash_parse(&id, name) || !layer_read_list(st, &id, &a, &v, &n, &why))
		return 0;
	s->layers++;
	for (size_t i = 0; i < n; i++) {
		if (!S_ISREG(v[i].mode))
			continue;
		s->files++;
		s->bytes += v[i].size;
	}
	return 0;
}

static int
count_one(void *ctx, struct store *st, const char *name, const char *path)
{
	uint64_t *n = ctx;

	(void)st, (void)path;
	*n += *name != '.';
	return 0;
}

static int
add_bytes(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	uint64_t *bytes = ctx;

	(void)at, (void)name, (void)path;
	if (S_ISREG(st->st_mode))
		*bytes += (uint64_t)st->st_size;
	return 0;
}

/* Folders right in `name`, and what is in them where `bytes` is asked for. */
static void
count_folders(const struct store *st, const char *name, uint64_t *count, uint64_t *bytes)
{
	cleanup_fd int dir = st->fd < 0 ? -1 : fs_open_nofollow(st->fd, name, O_RDONLY | O_DIRECTORY);
	char **names;
	size_t n;

	if (dir < 0 || fs_names(dir, &names, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		cleanup_fd int fd = fs_open_nofollow(dir, names[i], O_RDONLY | O_DIRECTORY);

		*count += fd >= 0;
		if (fd >= 0 && bytes)
			fs_walk(fd, add_bytes, bytes);
	}
	fs_names_free(names, n);
}

int
store_stat(struct store *st, struct store_stat *out, struct err *err)
{
	uint64_t shards = 0;

	(void)err;
	memset(out, 0, sizeof *out);
	store_each(st, "layers", count_layer, out);
	store_each(st, "trees", count_one, &out->trees);
	store_each(st, "results", count_one, &out->results);
	count_folders(st, "warm", &out->warm, &out->warm_bytes);
	count_folders(st, "mirrors", &out->mirrors, &out->mirror_bytes);
	count_folders(st, "imports", &out->imports, &out->import_bytes);
	count_folders(st, "ccache", &shards, &out->ccache_bytes);
	count_folders(st, "tmp", &out->tmp, NULL);
	count_folders(st, "trash", &out->trash, NULL);
	return 0;
}
