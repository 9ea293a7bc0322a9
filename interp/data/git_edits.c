/* What was edited in a checkout: as commits, as paths, as patches. */
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "data/git_own.h"
#include "data/git_work.h"
#include "data/git_work_own.h"
#include "os/fs.h"

#define INDEX ".git/jkr-index"
#define PATCHES ".git/jkr-patches"
enum { PATCH_MAX = 256 << 20 };

/* What git answers on one line, or NULL with a sentence. */
static const char *
ask(int dir, const char *const *args, const char *const *env, struct arena *a, struct err *err)
{
	cleanup_str struct str out = {0};

	if (git_work(dir, args, env, &out, err))
		return NULL;
	return arena_strndup(a, str_text(&out), strcspn(str_text(&out), "\n"));
}

static const char *
commit_of(int dir, const char *name, struct arena *a, struct err *err)
{
	const char *const args[] = {"rev-parse", "--verify", "--quiet", arena_printf(a, "%s^{commit}", name), NULL};
	struct err unsaid = {0};
	const char *commit = ask(dir, args, NULL, a, &unsaid);

	err_free(&unsaid);
	if (!commit) {
		err_set(err, "E1023", "the checkout has no commit `%s`", name);
		err_help(err, "`jkr edit` lays a new checkout; the commits of this one can be fetched into it");
	}
	return commit;
}

/* The edits must be a line of commits on the base, and whole. */
static int
check_line(int dir, const struct git_edits *e, struct arena *a, struct err *err)
{
	const char *range = arena_printf(a, "%s..%s", e->base, e->head);
	const char *const lost[] = {"rev-list", "--max-count=1", e->base, arena_printf(a, "^%s", e->head), NULL};
	const char *const merges[] = {"rev-list", "--merges", "--max-count=1", range, NULL};
	static const char *const unmerged[] = {"ls-files", "--unmerged", NULL};
	const char *l = ask(dir, lost, NULL, a, err), *m = l ? ask(dir, merges, NULL, a, err) : NULL,
		   *u = m ? ask(dir, unmerged, NULL, a, err) : NULL;

	if (!u)
		return -1;
	if (*u) {
		err_set(err, "E1023", "the checkout is in the middle of a merge or rebase: files in it conflict");
		return err_help(err, "finish or abort that first; `git status` there lists them");
	}
	if (*l) {
		err_set(err, "E1023", "the branch does not hold commit %.12s any more, up to which the recipe has it",
			e->base);
		return err_help(err, "bring the edits onto `refs/jkr/base` with `git rebase --onto`");
	}
	if (!*m)
		return 0;
	err_set(err, "E1023", "commit %.12s is a merge, which is no patch", m);
	return err_help(err, "`git rebase refs/jkr/base` there makes a line of it");
}

/* An index of its own: the person's is left as it is. */
static int
copy_index(int dir, struct err *err)
{
	cleanup_fd int from = fs_open(dir, ".git/index", O_RDONLY), to = -1;

	fs_remove(dir, INDEX);
	to = fs_create(dir, INDEX, 0644);
	if (from < 0 || to < 0 || fs_copy(from, to))
		return err_sys(err, "E1021", "cannot copy the index of the checkout");
	return 0;
}

/* Options that name somebody where the person has not told git his name. */
static const char *const *
somebody(int dir, struct arena *a)
{
	static const char *const email[] = {"config", "user.email", NULL};
	static const char *const none[] = {NULL};
	const struct passwd *pw = getpwuid(getuid());
	const char *name = pw ? pw->pw_name : "nobody", **v;
	struct err unsaid = {0};
	const char *known = ask(dir, email, NULL, a, &unsaid);

	err_free(&unsaid);
	if (known)
		return none;
	v = arena_array(a, const char *, 5);
	v[0] = v[2] = "-c";
	v[1] = arena_printf(a, "user.name=%s", name);
	v[3] = arena_printf(a, "user.email=%s@localhost", name);
	return v;
}

static const char *
commit(int dir, const char *tree, const char *head, const char *subject, struct arena *a, struct err *err)
{
	const char *const *who = somebody(dir, a);
	const char *const what[] = {"commit-tree", tree, "-p", head, "-m", subject, NULL};
	const char *args[12];
	size_t n = 0;

	while (*who)
		args[n++] = *who++;
	memcpy(args + n, what, sizeof what);
	return ask(dir, args, NULL, a, err);
}

static int
take_uncommitted(int dir, const char *subject, struct arena *a, struct git_edits *e, struct err *err)
{
	static const char *const env[] = {"GIT_INDEX_FILE=" INDEX, NULL};
	static const char *const add[] = {"-c", "core.autocrlf=false", "add", "-A", ".", NULL};
	static const char *const write[] = {"write-tree", NULL};
	const char *const of_head[] = {"rev-parse", arena_printf(a, "%s^{tree}", e->head), NULL};
	const char *now, *was;

	if (copy_index(dir, err) || git_work(dir, add, env, NULL, err))
		return -1;
	now = ask(dir, write, env, a, err);
	was = now ? ask(dir, of_head, NULL, a, err) : NULL;
	if (!was)
		return -1;
	e->tip = strcmp(now, was) != 0 ? commit(dir, now, e->head, subject, a, err) : e->head;
	return e->tip ? 0 : -1;
}

/* Texts that a NUL ends each. */
static void
split(const struct str *text, struct arena *a, const char ***v, size_t *n)
{
	size_t count = 0;

	for (size_t i = 0; i < text->len; i++)
		count += !text->s[i];
	*v = arena_array(a, const char *, count + 1);
	*n = 0;
	for (size_t i = 0; i < text->len; i += strlen(text->s + i) + 1)
		(*v)[(*n)++] = arena_strdup(a, text->s + i);
}

/* What editors and their servers keep there: an edited folder's tree has it neither (model/files.c). */
static bool
is_no_part(const char *path)
{
	return !strcmp(path, "compile_commands.json") || str_starts(path, ".cache/");
}

static int
list_paths(int dir, struct arena *a, struct git_edits *e, struct err *err)
{
	const char *const diff[] = {"diff-tree", "-r", "-z", "--name-only", "--no-renames", e->base, e->tip, NULL};
	static const char *const others[] = {
		"ls-files", "-z", "--others", "--ignored", "--exclude-per-directory=.gitignore", NULL};
	cleanup_str struct str paths = {0}, ignored = {0};
	const char **v;
	size_t n;

	if (git_work(dir, diff, NULL, &paths, err) || git_work(dir, others, NULL, &ignored, err))
		return -1;
	split(&paths, a, &e->paths, &e->npaths);
	split(&ignored, a, &v, &n);
	e->ignored = NULL;
	for (size_t i = 0; i < n && !e->ignored; i++)
		e->ignored = is_no_part(v[i]) ? NULL : v[i];
	return 0;
}

int
git_work_edits(int dir, const char *subject, struct arena *a, struct git_edits *out, struct err *err)
{
	int r;

	memset(out, 0, sizeof *out);
	out->base = commit_of(dir, GIT_WORK_BASE, a, err);
	out->head = out->base ? commit_of(dir, "HEAD", a, err) : NULL;
	if (!out->head || check_line(dir, out, a, err))
		return -1;
	r = take_uncommitted(dir, subject, a, out, err);
	fs_remove(dir, INDEX);
	return r ? -1 : list_paths(dir, a, out, err);
}

/* One file of the base */

static const struct {
	const char *mode;
	enum git_kind kind;
} kinds[] = {{"100644 ", GIT_FILE}, {"100755 ", GIT_PROGRAM}, {"120000 ", GIT_LINK}};

int
git_work_base(int dir, const struct git_edits *e, const char *path, enum git_kind *kind, struct str *out,
	      struct err *err)
{
	const char *const list[] = {"--literal-pathspecs", "ls-tree", "--full-tree", e->base, "--", path, NULL};
	cleanup_free char *name = xasprintf("%s:%s", e->base, path);
	const char *const cat[] = {"cat-file", "blob", name, NULL};
	cleanup_str struct str line = {0};

	*kind = GIT_NONE;
	if (git_work(dir, list, NULL, &line, err))
		return -1;
	if (!line.len)
		return 0;
	*kind = GIT_OTHER;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_starts(line.s, kinds[i].mode))
			*kind = kinds[i].kind;
	return *kind == GIT_OTHER ? 0 : git_work(dir, cat, NULL, out, err);
}

/* Patches */

static int
read_patches(int dir, char *const *names, size_t n, struct arena *a, struct git_patch *v, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		v[i].name = arena_strdup(a, names[i]);
		if (fs_read_file(dir, names[i], &v[i].text, PATCH_MAX))
			return err_sys(err, "E1021", "cannot read the patch `%s` that git wrote", names[i]);
	}
	return 0;
}

int
git_work_patches(int dir, const struct git_edits *e, unsigned first, struct arena *a, struct git_patch **out, size_t *n,
		 struct err *err)
{
	/* settings of the person do not change what a patch looks like */
	static const char *const env[] = {"GIT_CONFIG_GLOBAL=/dev/null", NULL};
	const char *const format[] = {"format-patch",
				      "-q",
				      "-o",
				      PATCHES,
				      "-N",
				      "-p",
				      "--no-signature",
				      "--zero-commit",
				      "--full-index",
				      "--binary",
				      arena_printf(a, "--start-number=%u", first),
				      arena_printf(a, "%s..%s", e->base, e->tip),
				      NULL};
	cleanup_fd int from = -1;
	char **names;
	int r;

	fs_remove(dir, PATCHES);
	if (git_work(dir, format, env, NULL, err))
		return -1;
	from = fs_open(dir, PATCHES, O_RDONLY | O_DIRECTORY);
	*n = 0;
	if (from < 0) /* commits that change nothing are no patch */
		return 0;
	if (fs_names(from, &names, n))
		return err_sys(err, "E1021", "cannot read the patches that git wrote");
	*out = arena_array(a, struct git_patch, *n + 1);
	r = read_patches(from, names, *n, a, *out, err);
	fs_names_free(names, *n);
	fs_remove(dir, PATCHES);
	return r;
}

int
git_work_settle(int dir, const struct git_edits *e, struct err *err)
{
	const char *const reset[] = {"reset", "-q", e->tip, NULL};
	const char *const base[] = {"update-ref", GIT_WORK_BASE, e->tip, NULL};

	if (strcmp(e->tip, e->head) != 0 && git_work(dir, reset, NULL, NULL, err))
		return -1;
	return git_work(dir, base, NULL, NULL, err);
}
