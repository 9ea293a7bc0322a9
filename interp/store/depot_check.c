#include "store/depot_check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/action_result.h"
#include "os/fs.h"

#define LEFT_SECONDS 86400

struct look {
	int dir;
	bool repair;
	store_report_fn report;
	void *ctx;
	struct depot_found *out;
};

static void
bad(struct look *l, const char *kind, const char *name, const char *what)
{
	cleanup_free char *path = xasprintf("%s%s%s", kind, *kind ? "/" : "", name);
	cleanup_fd int at = l->repair ? fs_open_nofollow(l->dir, *kind ? kind : ".", O_RDONLY | O_DIRECTORY) : -1;

	l->out->damaged++;
	l->report(l->ctx, path, what);
	if (at >= 0)
		unlinkat(at, name, 0);
}

static const char *
look_at_blob(struct look *l, const struct hash *name, int fd, const struct stat *st)
{
	struct hash h;

	if (hash_fd(fd, &h, NULL))
		return "cannot be read";
	l->out->blobs++;
	l->out->bytes += (uint64_t)st->st_size;
	return hash_cmp(&h, name) ? "has other bytes than its name says" : NULL;
}

static bool
is_there(const struct look *l, const struct hash *h)
{
	char path[80] = "cas/";

	hash_hex(h, path + 4);
	return fs_exists(l->dir, path);
}

static const char *
look_at_result(struct look *l, const struct hash *name, int fd, const struct stat *st)
{
	cleanup_arena struct arena a = {0};
	cleanup_str struct str text = {0};
	struct action_result r;
	struct err unsaid = {0};

	(void)name;
	(void)st;
	if (fs_read(fd, &text, ACTION_RESULT_MAX))
		return "cannot be read";
	l->out->results++;
	if (action_result_read(str_text(&text), text.len, &a, &r, &unsaid)) {
		err_free(&unsaid);
		return "is no result of a step";
	}
	for (size_t i = 0; i < r.nfiles; i++)
		if (!r.files[i].contents && !is_there(l, &r.files[i].digest))
			return "names a blob that is not there";
	return NULL;
}

typedef const char *(*look_fn)(struct look *l, const struct hash *name, int fd, const struct stat *st);

static int
look_at(struct look *l, const char *kind, look_fn fn, struct err *err)
{
	cleanup_fd int at = fs_open_nofollow(l->dir, kind, O_RDONLY | O_DIRECTORY);
	char **names;
	size_t n;

	if (at < 0)
		return errno == ENOENT ? 0 : err_sys(err, "E0812", "cannot read `%s` of the shared cache", kind);
	if (fs_names(at, &names, &n))
		return err_sys(err, "E0812", "cannot read `%s` of the shared cache", kind);
	for (size_t i = 0; i < n; i++) {
		cleanup_fd int fd = fs_open_nofollow(at, names[i], O_RDONLY | O_NONBLOCK);
		struct hash name;
		struct stat st;
		const char *what = NULL;

		if (hash_parse(&name, names[i]))
			what = "does not belong there";
		else if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
			what = "cannot be read";
		else
			what = fn(l, &name, fd, &st);
		if (what)
			bad(l, kind, names[i], what);
	}
	fs_names_free(names, n);
	return 0;
}

/* Whoever writes now has a young one. */
static void
look_for_leftovers(struct look *l)
{
	char **names;
	struct stat st;
	size_t n;

	if (fs_names(l->dir, &names, &n))
		return;
	for (size_t i = 0; i < n; i++)
		if (str_starts(names[i], ".new-") && !fs_stat(l->dir, names[i], &st) &&
		    st.st_mtim.tv_sec < time(NULL) - LEFT_SECONDS)
			bad(l, "", names[i], "was left by a writer that was killed");
	fs_names_free(names, n);
}

int
depot_check_folder(const char *path, bool repair, store_report_fn report, void *ctx, struct depot_found *out,
		   struct err *err)
{
	cleanup_fd int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct look l = {.dir = dir, .repair = repair, .report = report, .ctx = ctx, .out = out};

	*out = (struct depot_found){0};
	if (dir < 0)
		return err_sys(err, "E0812", "cannot open the shared cache `%s`", path);
	if (!fs_exists(dir, "ac") && !fs_exists(dir, "cas")) {
		err_set(err, "E0812", "`%s` holds no shared cache", path);
		return err_help(err, "one has the folders `ac` and `cas`");
	}
	look_for_leftovers(&l);
	/* blobs first: what leads to one that goes has to go as well */
	return look_at(&l, "cas", look_at_blob, err) || look_at(&l, "ac", look_at_result, err) ? -1 : 0;
}
