#include "data/staged.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/value.h"
#include "os/fs.h"

#define FOLDERS 5

/* The folders in the order of search; the last ones may be NULL. */
static void
folders_of(const struct file_ref *f, struct arena *a, const char *v[FOLDERS])
{
	size_t n = (size_t)(path_base(f->rel) - f->rel);
	const char *here = n ? arena_printf(a, "%s/%.*s", f->root, (int)n - 1, f->rel) : f->root;

	v[0] = here;
	v[1] = str_ends(here, "/downloads") ? NULL : arena_printf(a, "%s/downloads", here);
	v[2] = n ? f->root : NULL;
	v[3] = n ? arena_printf(a, "%s/downloads", f->root) : NULL;
	v[4] = getenv("JKR_DOWNLOADS");
	if (v[4] && *v[4] != '/')
		v[4] = NULL;
	for (size_t i = 0; i < 4 && v[4]; i++)
		if (v[i] && !strcmp(v[i], v[4]))
			v[4] = NULL;
}

/* A folder as a person here would name it. */
static const char *
as_seen(const char *folder)
{
	cleanup_free char *cwd = xgetcwd();
	size_t n = cwd ? strlen(cwd) : 0;

	if (n < 2 || strncmp(folder, cwd, n) || (folder[n] && folder[n] != '/'))
		return folder;
	return folder[n] ? folder + n + 1 : ".";
}

static bool
is_of(int dir, const char *name, mode_t type)
{
	struct stat st;

	/* a person may well stage a link to where the file really is */
	return fstatat(dir, name, &st, 0) == 0 && (st.st_mode & S_IFMT) == type;
}

static int
find_in(const char *folder, const char *name, mode_t type, struct str *path, struct err *err)
{
	cleanup_fd int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *found = NULL, *second = NULL;
	char **names = NULL;
	size_t n = 0;

	if (dir < 0 || fs_names(dir, &names, &n) < 0)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (strcasecmp(names[i], name) || !is_of(dir, names[i], type))
			continue;
		if (!strcmp(names[i], name)) {
			found = names[i];
			second = NULL;
			break;
		}
		second = found ? names[i] : NULL;
		found = found ? found : names[i];
	}
	if (second) {
		err_set(err, "E0910", "both `%s` and `%s` in `%s` could be the staged %s `%s`", found, second,
			as_seen(folder), type == S_IFDIR ? "folder" : "file", name);
		err_help(err, "remove the one that is not meant");
	} else if (found) {
		str_addf(path, "%s/%s", folder, found);
	}
	fs_names_free(names, n);
	return second ? -1 : found != NULL;
}

static int
find(const struct file_ref *f, mode_t type, struct str *path, struct err *err)
{
	cleanup_arena struct arena a = {0};
	const char *v[FOLDERS];

	folders_of(f, &a, v);
	for (size_t i = 0; i < FOLDERS; i++) {
		int r = v[i] ? find_in(v[i], path_base(f->rel), type, path, err) : 0;

		if (r)
			return r;
	}
	return 0;
}

int
staged_find(const struct file_ref *f, struct str *path, struct err *err)
{
	return find(f, S_IFREG, path, err);
}

int
staged_find_real(const struct file_ref *f, bool folder, struct arena *a, struct file_ref *out, struct err *err)
{
	cleanup_str struct str path = {0};
	cleanup_free char *real = NULL;
	int found = find(f, folder ? S_IFDIR : S_IFREG, &path, err);
	char *base;

	if (found <= 0)
		return found;
	real = realpath(str_text(&path), NULL);
	if (!real)
		return err_sys(err, "E0909", "cannot open `%s`", str_text(&path));
	base = strrchr(real, '/');
	*out = (struct file_ref){
		.root = arena_strndup(a, real, base == real ? 1 : (size_t)(base - real)),
		.rel = arena_strdup(a, base + 1),
		.shown = arena_strdup(a, as_seen(str_text(&path))),
	};
	return 1;
}

void
staged_folders(const struct file_ref *f, struct str *out)
{
	cleanup_arena struct arena a = {0};
	const char *v[FOLDERS];
	const char *comma = "";

	folders_of(f, &a, v);
	for (size_t i = 0; i < FOLDERS; i++) {
		if (!v[i])
			continue;
		str_addf(out, "%s`%s`", comma, as_seen(v[i]));
		comma = ", ";
	}
}

int
staged_by_hash(const char *root, const char *kind, const char *name)
{
	const char *mine = getenv("JKR_DOWNLOADS");
	cleanup_free char *own = xasprintf("%s/downloads", root), *path = xasprintf("by-hash/%s/%s", kind, name);
	const char *const folders[] = {own, mine && *mine == '/' ? mine : NULL};

	for (size_t i = 0; i < ARRAY_LEN(folders) && folders[i]; i++) {
		cleanup_fd int dir = open(folders[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
		cleanup_fd int fd = dir < 0 ? -1 : fs_open(dir, path, O_RDONLY | O_NONBLOCK);
		struct stat st;

		if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode))
			return steal_fd(&fd);
	}
	return -1;
}
