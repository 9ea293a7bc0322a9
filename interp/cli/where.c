#include "cli/where.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/str.h"
#include "os/fs.h"

static bool
is_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* build/jkr in a checkout uses the checkout; an installed one PREFIX/share/jkr beside its bin. */
static const char *
home_folder(struct arena *a)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	char *slash;

	if (n > 0) {
		exe[n] = '\0';
		for (int up = 0; up < 3 && (slash = strrchr(exe, '/')); up++) {
			const char *share;

			*slash = '\0';
			if (is_folder(arena_printf(a, "%s/stdlib", exe)))
				return arena_strdup(a, exe);
			share = arena_printf(a, "%s/share/jkr", exe);
			if (is_folder(share))
				return share;
		}
	}
	return JKR_DATADIR;
}

static void
add(struct arena *a, const char **v, size_t *n, size_t max, const char *path, size_t len)
{
	char *real;
	char *word = arena_strndup(a, path, len);

	if (!len || *n == max)
		return;
	real = xrealpath(word);
	if (real)
		v[(*n)++] = arena_strdup(a, real);
	free(real);
}

const char *const *
where_search(struct arena *a)
{
	enum { MAX = 64 };
	const char **v = arena_array(a, const char *, MAX + 1);
	const char *path = getenv("JKR_PATH");
	const char *home = home_folder(a);
	size_t n = 0;

	add(a, v, &n, MAX - 1, ".", 1);
	for (const char *s = path; s && *s; s += *s == ':') {
		size_t len = strcspn(s, ":");

		add(a, v, &n, MAX - 1, s, len);
		s += len;
	}
	add(a, v, &n, MAX, home, strlen(home));
	return v;
}

bool
where_is_installed(struct arena *a, const char *folder)
{
	cleanup_free char *home = xrealpath(home_folder(a)), *real = xrealpath(folder);
	size_t n = home ? strlen(home) : 0;

	return home && real && str_ends(home, "/share/jkr") && !strncmp(real, home, n) && (!real[n] || real[n] == '/');
}

static const char *
first_match(struct arena *a, const char *const *search, const char *name)
{
	if (is_file(name))
		return name;
	if (is_file(arena_printf(a, "%s.lua", name)))
		return arena_printf(a, "%s.lua", name);
	if (*name == '/')
		return NULL;
	for (; *search; search++) {
		const char *path = arena_printf(a, "%s/recipes/%s", *search, name);

		if (is_file(path))
			return path;
		path = arena_printf(a, "%s.lua", path);
		if (is_file(path))
			return path;
	}
	return NULL;
}

static size_t
add_recipes(struct arena *a, int dir, bool stems, const char **v, size_t n, size_t max)
{
	char **names;
	size_t k;

	if (dir < 0 || fs_names(dir, &names, &k) < 0)
		return n;
	for (size_t i = 0; i < k && n < max; i++)
		if (str_ends(names[i], ".lua"))
			v[n++] = arena_strndup(a, names[i], strlen(names[i]) - (stems ? strlen(".lua") : 0));
	fs_names_free(names, k);
	return n;
}

/* The recipe whose name is like this one, for "did you mean". */
static const char *
nearest(struct arena *a, const char *const *search, const char *name)
{
	cleanup_fd int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool stems = !str_ends(name, ".lua"); /* compared and named as the user writes it */
	const char *all[256];
	size_t n = add_recipes(a, here, stems, all, 0, ARRAY_LEN(all));

	for (; *search; search++) {
		cleanup_fd int dir = open(*search, O_PATH | O_DIRECTORY | O_CLOEXEC);
		cleanup_fd int sub = dir < 0 ? -1 : fs_open(dir, "recipes", O_RDONLY | O_DIRECTORY);

		n = add_recipes(a, sub, stems, all, n, ARRAY_LEN(all));
	}
	return near_name(path_base(name), all, n);
}

/* Messages name a recipe below this folder as the user would. */
static const char *
shorten(struct arena *a, const char *path)
{
	cleanup_free char *cwd = xgetcwd();
	size_t n = cwd ? strlen(cwd) : 0;

	if (n > 1 && !strncmp(path, cwd, n) && path[n] == '/')
		return arena_strdup(a, path + n + 1);
	return path;
}

const char *
where_recipe(struct arena *a, const char *const *search, const char *name, struct err *err)
{
	const char *found = first_match(a, search, name);
	const char *near;

	if (found)
		return shorten(a, found);
	near = nearest(a, search, name);
	err_set(err, "E1008", "there is no recipe `%s`", name);
	if (near)
		err_help(err, "did you mean `%s`?", near);
	err_help(err, "looked here, in `recipes/` here, in the folders of $JKR_PATH and in `%s/recipes`",
		 home_folder(a));
	return NULL;
}
