/* Marks of build directories whose changes are merged: they go when what was merged is on the disk. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "os/fs.h"
#include "os/scan.h"
#include "run/warm.h"

struct merged {
	char *path; /* of the mark */
	struct scan_mark mark;
};

struct warm_merged {
	struct merged *v;
	size_t n, cap;
};

void
warm_boot(struct str *out)
{
	cleanup_fd int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	str_add(out, "merged ");
	if (fd < 0 || fs_read(fd, out, 64))
		str_add(out, "?\n");
}

static bool
look_at(int dir, const char *path, const char *boot, struct scan_mark *out)
{
	cleanup_fd int fd = fs_open_nofollow(dir, path, O_RDONLY | O_NONBLOCK);
	cleanup_str struct str text = {0};
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || fs_read(fd, &text, 256))
		return false;
	*out = scan_mark_of(&st);
	return !strcmp(str_text(&text), boot);
}

struct warm_merged *
warm_merged(int store)
{
	cleanup_fd int dir = fs_open_nofollow(store, "warm", O_RDONLY | O_DIRECTORY);
	struct warm_merged *m = xcalloc(1, sizeof *m);
	cleanup_str struct str boot = {0};
	char **names;
	size_t n;

	if (dir < 0 || fs_names(dir, &names, &n))
		return m;
	warm_boot(&boot);
	for (size_t i = 0; i < n; i++) {
		struct merged one = {.path = xasprintf("%s/mark", names[i])};

		if (!look_at(dir, one.path, boot.s, &one.mark)) {
			free(one.path);
			continue;
		}
		GROW(m->v, m->n, m->cap);
		m->v[m->n++] = one;
	}
	fs_names_free(names, n);
	return m;
}

/* Who merges holds the lock, so that under it no mark is another than the one that is looked at. */
static void
settle(int dir, const char *boot, const struct merged *one)
{
	cleanup_free char *name = xasprintf("%.*s.lock", (int)strcspn(one->path, "/"), one->path);
	cleanup_fd int lock = openat(dir, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	struct scan_mark now;

	if (lock >= 0 && !flock(lock, LOCK_EX | LOCK_NB) && look_at(dir, one->path, boot, &now) &&
	    !memcmp(&now, &one->mark, sizeof now))
		unlinkat(dir, one->path, 0);
}

void
warm_settle(int store, struct warm_merged *m, bool synced)
{
	cleanup_fd int dir = fs_open_nofollow(store, "warm", O_RDONLY | O_DIRECTORY);
	cleanup_str struct str boot = {0};

	warm_boot(&boot);
	for (size_t i = 0; i < m->n; i++) {
		if (synced && dir >= 0)
			settle(dir, boot.s, &m->v[i]);
		free(m->v[i].path);
	}
	free(m->v);
	free(m);
}
