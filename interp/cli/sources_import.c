/* Imports of a file of sources: anybody's, so everything in it is looked at before it gets its name. */
#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/received.h"
#include "cli/sources.h"
#include "data/archive.h"
#include "data/checklist.h"
#include "model/layer.h"
#include "model/unpack.h"
#include "os/fs.h"

#define WRONG "E0924"
#define BY_HASH "downloads/by-hash/sha256/"

enum { LIST_MAX = 64 << 20, FILES_MAX = 2000000, RATIO = 2000 };

/* A file on its way to a folder. */
struct taking {
	struct arena arena;
	const char *shown;  /* the file */
	const char *top;    /* the folder that all of it lies in */
	const char *recipe; /* that it is of */
	struct checklist list;
};

static int
refuse(const struct taking *t, const char *path, const char *why, struct err *err)
{
	cleanup_str struct str name = {0};

	str_add_quoted(&name, path, strlen(path));
	return err_set(err, WRONG, "`%s` is refused: `%s` %s", t->shown, str_text(&name), why);
}

static int
no_sources(const struct taking *t, struct err *err)
{
	err_set(err, WRONG, "`%s` is no file of sources", t->shown);
	return err_help(err, "`jkr export RECIPE --sources` writes one");
}

/* -- the list ------------------------------------------------------------------------------------------------------ */
static bool
good_name(const char *s)
{
	if (!*s || *s == '.' || *s == '-')
		return false;
	for (; *s; s++)
		if (*s == '/' || iscntrl((unsigned char)*s))
			return false;
	return true;
}

static int
read_list(struct taking *t, struct str *text, struct err *err)
{
	const char *s = str_text(text), *end;
	char *recipe;

	if (!str_starts(s, SOURCES_HEAD SOURCES_RECIPE))
		return no_sources(t, err);
	s += strlen(SOURCES_HEAD SOURCES_RECIPE);
	end = strchr(s, '\n');
	recipe = end ? arena_strndup(&t->arena, s, (size_t)(end - s)) : NULL;
	if (!recipe || path_clean(recipe) || !*recipe || recipe[strcspn(recipe, "\n\t\033")])
		return no_sources(t, err);
	t->recipe = recipe;
	end++;
	return checklist_parse(arena_strdup(&t->arena, end), strlen(end), SOURCES_LIST, &t->arena, &t->list, err);
}

/* The first members are the folder, and the list in it. */
static int
find_list(struct taking *t, struct arc *a, struct str *text, struct err *err)
{
	char buf[16384];
	struct member m;
	size_t n = 0;
	ssize_t k;

	for (int i = 0; i < 2; i++) {
		const char *slash;

		if (arc_next(a, &m, err) <= 0)
			return err_any(err) ? -1 : no_sources(t, err);
		slash = strchr(m.name, '/');
		n = slash ? (size_t)(slash - m.name) : strlen(m.name);
		if (i ? strlen(t->top) != n || strncmp(m.name, t->top, n) != 0 || !slash ||
				    strcmp(slash + 1, SOURCES_LIST) != 0 || !S_ISREG(m.mode)
		      : !S_ISDIR(m.mode))
			return no_sources(t, err);
		t->top = arena_strndup(&t->arena, m.name, n);
	}
	while ((k = arc_read(a, buf, sizeof buf, err)) > 0) {
		str_addn(text, buf, (size_t)k);
		if (text->len > LIST_MAX)
			return no_sources(t, err);
	}
	return k < 0 ? -1 : 0;
}

static int
look(struct taking *t, int fd, struct err *err)
{
	const struct arc_limits limits = {.ratio = RATIO, .floor = 1 << 20, .threads = 1};
	struct arc *a = arc_open(fd, t->shown, &limits, err);
	cleanup_str struct str text = {0};
	int r = a ? find_list(t, a, &text, err) : -1;

	if (a)
		arc_close(a);
	if (!r)
		r = read_list(t, &text, err);
	if (!r && !good_name(t->top))
		r = no_sources(t, err);
	return r;
}

/* -- what it holds ---------------------------------------------------------------------------------------------------
 */
static int
check_file(const struct taking *t, const struct entry *e, struct err *err)
{
	const struct check_line *l = checklist_find(&t->list, e->path);
	char hex[HASH_HEX];

	if (!strcmp(e->path, SOURCES_LIST))
		return 0;
	if (!l || hash_cmp(&l->hash, &e->digest))
		return refuse(t, e->path, l ? "has other bytes than its list says" : "is not on its list", err);
	if (str_starts(e->path, BY_HASH) && strcmp(e->path + strlen(BY_HASH), hash_hex(&e->digest, hex)) != 0)
		return refuse(t, e->path, "is not what it is called", err);
	return 0;
}

static int
check_entry(const struct taking *t, const struct tree *all, const struct entry *e, struct err *err)
{
	const char *why = received_fault(all, e);

	if (why)
		return refuse(t, e->path, why, err);
	return S_ISREG(e->mode) ? check_file(t, e, err) : 0;
}

static int
check_all(const struct taking *t, const struct tree *all, struct err *err)
{
	for (size_t i = 0; i < all->n; i++)
		if (check_entry(t, all, &all->v[i], err))
			return -1;
	for (size_t i = 0; i < t->list.n; i++) {
		const char *path = t->list.v[i].path;
		const struct entry *e = tree_find(all, path);

		if (!e)
			return refuse(t, path, "is on its list and not in it", err);
		if (!S_ISREG(e->mode) || !strcmp(path, SOURCES_LIST))
			return refuse(t, path, "is on its list, which names the other files", err);
	}
	return 0;
}

static int
unpack_into(const struct taking *t, int fd, int dir, struct err *err)
{
	static const struct strings none;
	const struct unpack_opts opts = {.strip = 1,
					 .only = &none,
					 .skip = &none,
					 .inner = &none,
					 .max_files = FILES_MAX,
					 .ratio = RATIO,
					 .threads = 1};
	struct layer *l = layer_new(dir, NULL);
	struct unpack *u = unpack_new(l, &opts);
	struct tree all = {0};
	struct unpack_sums sums;
	int r = unpack_archive(u, fd, t->shown, err);

	if (!r)
		r = unpack_end(u, &sums, err);
	unpack_free(u);
	if (!r)
		all.v = (struct entry *)layer_list(l, &all.n, err);
	if (!r)
		r = err_any(err) ? -1 : check_all(t, &all, err);
	layer_free(l);
	return r;
}

/* -- the folder
 * --------------------------------------------------------------------------------------------------------- */
static int
make_folder(const struct taking *t, int fd, const char *to, struct err *err)
{
	cleanup_free char *above = xstrndup(to, (size_t)(path_base(to) - to));
	cleanup_fd int parent = open(*above ? above : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), dir = -1;
	char tmp[64];
	int r;

	if (parent < 0 || fs_mkdtemp(parent, ".jkr-import-", tmp))
		return err_sys(err, "E1006", "cannot write `%s`", to);
	dir = fs_open_nofollow(parent, tmp, O_RDONLY | O_DIRECTORY);
	r = dir < 0 || fchmod(dir, 0755) ? err_sys(err, "E1006", "cannot write `%s`", to)
					 : unpack_into(t, fd, dir, err);
	if (!r && renameat2(parent, tmp, parent, path_base(to), RENAME_NOREPLACE))
		r = err_sys(err, "E1006", "cannot write `%s`", to);
	if (r)
		fs_remove(parent, tmp);
	return r;
}

int
sources_import(const struct cli *cli, struct err *err)
{
	struct taking t = {.shown = cli->argv[0]};
	cleanup_fd int fd = open(t.shown, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	const char *to = cli->argc > 1 ? cli->argv[1] : NULL;
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st))
		return err_sys(err, WRONG, "cannot read `%s`", t.shown);
	r = S_ISREG(st.st_mode) ? look(&t, fd, err) : no_sources(&t, err);
	to = to ? to : t.top;
	if (!r && !access(to, F_OK))
		r = err_set(err, "E1006", "`%s` is there already", to);
	if (!r)
		r = make_folder(&t, fd, to, err);
	if (!r && !cli->quiet)
		printf("%s: cd there, and `jkr run %s --offline` builds it\n", to, t.recipe);
	arena_free(&t.arena);
	return r;
}
