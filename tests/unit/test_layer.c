/* Layers: what is written is what the list says, and what overlayfs shows. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"
#include "model/layer.h"
#include "os/fs.h"

struct box {
	char path[64];
	int fd;
};

static int
setup(void **state)
{
	struct box *b = calloc(1, sizeof *b);

	strcpy(b->path, "/tmp/jkr-test-layer-XXXXXX");
	assert_non_null(mkdtemp(b->path));
	b->fd = open(b->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct box *b = *state;
	int tmp = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(fs_remove(tmp, b->path + 5), 0);
	close(tmp);
	close(b->fd);
	free(b);
	return 0;
}

static int
folder(struct box *b, const char *name)
{
	assert_int_equal(fs_mkdirs(b->fd, name), 0);
	return fs_open(b->fd, name, O_RDONLY | O_DIRECTORY);
}

static void
ok(int r, struct err *err)
{
	if (!r && !err_any(err))
		return;
	err_print(err, stderr, &(struct err_style){0});
	fail();
}

static void
put(struct layer *l, const char *path, mode_t mode, const char *text)
{
	struct err err = {0};
	struct entry e = {.path = path, .mode = S_IFREG | mode};

	ok(layer_put(l, &e, text, strlen(text), &err), &err);
}

static void
mkd(struct layer *l, const char *path, mode_t mode)
{
	struct err err = {0};
	struct entry e = {.path = path, .mode = S_IFDIR | mode};

	ok(layer_mkdir(l, &e, &err), &err);
}

static void
lnk(struct layer *l, const char *path, const char *target)
{
	struct err err = {0};
	struct entry e = {.path = path, .mode = S_IFLNK, .target = target};

	ok(layer_symlink(l, &e, &err), &err);
}

static void
rm(struct layer *l, const char *path)
{
	struct err err = {0};

	ok(layer_remove(l, path, &err), &err);
}

/* The layer, over what was below, as a tree of its own. Takes the descriptor. */
static struct tree
frozen(struct layer *l, int fd)
{
	const struct tree *below = layer_below(l);
	size_t k = below ? below->nlayers : 0, n;
	struct err err = {0};
	const struct entry *own = layer_list(l, &n, &err);
	struct tree t = {0};

	ok(!own, &err);
	t.layers = arena_array(&t.arena, struct tree_layer, k + 1);
	for (size_t i = 0; i < k; i++)
		t.layers[i].fd = dup(below->layers[i].fd);
	t.layers[k].fd = fd;
	t.nlayers = k + 1;
	list_merge(&t.arena, below ? below->v : NULL, below ? below->n : 0, own, n, (uint16_t)k, &t.v, &t.n);
	for (size_t i = 0; i < t.n; i++) { /* the layer's arena goes away */
		t.v[i].path = arena_strdup(&t.arena, t.v[i].path);
		t.v[i].target = arena_strdup(&t.arena, t.v[i].target);
		t.v[i].xattrs = arena_strdup(&t.arena, t.v[i].xattrs);
	}
	t.id = tree_identity(&t, "");
	layer_free(l);
	return t;
}

static void
list_is(struct layer *l, const char *want)
{
	struct err err = {0};
	cleanup_str struct str s = {0};
	const struct entry *v;
	size_t n;

	v = layer_list(l, &n, &err);
	ok(!v, &err);
	for (size_t i = 0; i < n; i++)
		str_addf(&s, "%s%s%o ", v[i].path, v[i].whiteout ? "!" : v[i].opaque ? "*" : ":", v[i].mode);
	assert_string_equal(str_text(&s), want);
}

static struct tree
base_tree(struct box *b)
{
	int fd = folder(b, "L0");
	struct layer *l = layer_new(fd, NULL);

	put(l, "a/x", 0644, "x");
	put(l, "a/y/z", 0664, "z");
	put(l, "a/run.sh", 0775, "#!");
	put(l, "b", 0644, "b");
	put(l, "c/d/e", 0644, "e");
	lnk(l, "l", "a/x");
	lnk(l, "dangling", "/nowhere");
	return frozen(l, fd);
}

static void
test_disk_is_plain(void **state)
{
	struct box *b = *state;
	mode_t old = umask(077);
	int fd = folder(b, "L");
	struct layer *l = layer_new(fd, NULL);
	struct entry e = {.path = "s", .mode = S_IFREG | 04755, .uid = 7, .gid = 8, .xattrs = "user.a=01"};
	struct err err = {0};
	struct stat st;
	size_t n;

	put(l, "d/e/f", 0600, "x");
	ok(layer_put(l, &e, "", 0, &err), &err);
	layer_list(l, &n, &err);
	umask(old);
	assert_int_equal(n, 4);
	assert_int_equal(fs_stat(fd, "d/e/f", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(st.st_mtime, FS_MTIME);
	assert_int_equal(fs_stat(fd, "s", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(fs_stat(fd, "d/e", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(st.st_mtime, FS_MTIME);
	assert_int_equal(layer_find(l, "s")->mode, S_IFREG | 04755);
	assert_int_equal(layer_find(l, "s")->gid, 8);
	assert_int_equal(layer_find(l, "d")->mode, S_IFDIR | 0755);
	layer_free(l);
	close(fd);
}

static void
refused(struct layer *l, const char *path)
{
	struct err err = {0};
	struct entry e = {.path = path, .mode = S_IFREG | 0644};

	if (!layer_put(l, &e, "", 0, &err))
		fail_msg("accepted: %s", path);
	assert_string_equal(err.head->code, "E0805");
	err_free(&err);
}

static void
test_bad_paths(void **state)
{
	struct box *b = *state;
	struct tree t = base_tree(b);
	int fd = folder(b, "L1");
	struct layer *l = layer_new(fd, &t);
	cleanup_free char *deep = xcalloc(1, 4096);
	struct err err = {0};

	refused(l, "");
	refused(l, "/x");
	refused(l, "../x");
	refused(l, "a/../../x");
	refused(l, "a//x");
	refused(l, "a/");
	refused(l, "l/x");
	refused(l, "dangling/x");
	refused(l, "b/x");
	for (int i = 0; i < 3999; i++)
		deep[i] = i % 2 ? '/' : 'a';
	refused(l, deep);
	assert_int_equal(layer_remove(l, "none", &err), -1);
	assert_string_equal(err.head->code, "E0806");
	err_free(&err);
	assert_int_equal(layer_remove(l, "", &err), -1);
	err_free(&err);
	list_is(l, "");
	layer_free(l);
	close(fd);
	tree_free(&t);
}

static void
test_view_and_list(void **state)
{
	struct box *b = *state;
	struct tree t = base_tree(b);
	int fd = folder(b, "L1");
	struct layer *l = layer_new(fd, &t);

	put(l, "b", 0644, "b"); /* equal: says nothing */
	mkd(l, "c", 0755);
	list_is(l, "");
	assert_false(fs_exists(fd, "b"));
	assert_false(fs_exists(fd, "c"));
	rm(l, "a/y");
	assert_null(layer_find(l, "a/y"));
	assert_null(layer_find(l, "a/y/z"));
	assert_non_null(layer_find(l, "a/x"));
	list_is(l, "a/y!0 ");
	put(l, "a/y/new", 0644, "n");
	assert_null(layer_find(l, "a/y/z"));
	list_is(l, "a/y*40755 a/y/new:100644 ");
	rm(l, "a/y");
	put(l, "a/y", 0644, "file now");
	list_is(l, "a/y:100644 ");
	rm(l, "a/y");
	list_is(l, "a/y!0 ");
	layer_free(l);
	close(fd);
	tree_free(&t);
}

/* What a folder shows: path, type, exec bit and content. */
static int
show(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	struct str *s = ctx;
	char hex[HASH_HEX], target[256] = "";
	struct hash h;

	if (S_ISDIR(st->st_mode)) {
		str_addf(s, "%s d\n", path);
	} else if (S_ISLNK(st->st_mode)) {
		if (readlinkat(at, name, target, sizeof target - 1) < 0)
			return -1;
		str_addf(s, "%s -> %s\n", path, target);
	} else if (S_ISREG(st->st_mode)) {
		cleanup_fd int fd = openat(at, name, O_RDONLY);

		if (fd < 0 || hash_fd(fd, &h, NULL))
			return -1;
		str_addf(s, "%s %c %s\n", path, st->st_mode & 0111 ? 'x' : 'f', hash_hex(&h, hex));
	} else {
		str_addf(s, "%s %o\n", path, st->st_mode);
	}
	return 0;
}

static void
show_tree(const struct tree *t, struct str *s)
{
	char hex[HASH_HEX];

	for (size_t i = 0; i < t->n; i++) {
		const struct entry *e = &t->v[i];

		if (S_ISDIR(e->mode))
			str_addf(s, "%s d\n", e->path);
		else if (S_ISLNK(e->mode))
			str_addf(s, "%s -> %s\n", e->path, e->target);
		else
			str_addf(s, "%s %c %s\n", e->path, e->mode & 0111 ? 'x' : 'f', hash_hex(&e->digest, hex));
	}
}

static int
write_map(const char *path, const char *text)
{
	cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -1 : fs_write(fd, text, strlen(text));
}

/* In a user namespace: mounts, runs the script on the mount if there is one, and writes what is seen
 * then to "seen". 77: this machine cannot. */
static int
in_overlay(const char *dir, const char *options, const char *script)
{
	char map[64];
	cleanup_str struct str s = {0};
	unsigned uid = getuid(), gid = getgid();
	cleanup_fd int m = -1, out = -1;

	if (chdir(dir) || unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return 77;
	write_map("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "0 %u 1", uid);
	if (write_map("/proc/self/uid_map", map))
		return 77;
	snprintf(map, sizeof map, "0 %u 1", gid);
	if (write_map("/proc/self/gid_map", map))
		return 77;
	if (mkdir("mnt", 0755) && errno != EEXIST)
		return 1;
	if (mount("jkr", "mnt", "overlay", 0, options))
		return 77;
	if (script && (chdir("mnt") || system(script) || chdir("..")))
		return 2;
	m = open("mnt", O_RDONLY | O_DIRECTORY);
	if (m < 0 || fs_walk(m, show, &s))
		return 3;
	out = open("seen", O_WRONLY | O_CREAT | O_TRUNC, 0644);
	return out < 0 || fs_write(out, str_text(&s), s.len) ? 4 : 0;
}

static bool
overlay(struct box *b, const char *options, const char *script, struct str *seen)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(in_overlay(b->path, options, script));
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("no overlay in a user namespace here\n");
		return false;
	}
	assert_int_equal(status, 0);
	str_reset(seen);
	assert_int_equal(fs_read_file(b->fd, "seen", seen, 1 << 20), 0);
	return true;
}

static void
test_overlay_shows_the_list(void **state)
{
	struct box *b = *state;
	struct tree t = base_tree(b), u, v;
	int fd = folder(b, "L1"), fd2 = folder(b, "L2");
	struct layer *l = layer_new(fd, &t);
	cleanup_str struct str want = {0}, seen = {0};

	rm(l, "a/y");
	put(l, "a/y/n", 0755, "new"); /* opaque */
	rm(l, "b");
	mkd(l, "b", 0755); /* a folder for a file */
	put(l, "b/in", 0644, "in");
	rm(l, "c");
	put(l, "c", 0644, "a file"); /* a file for a folder */
	lnk(l, "a/x", "run.sh");
	rm(l, "l");
	u = frozen(l, fd);
	l = layer_new(fd2, &u);
	rm(l, "c");
	put(l, "c/d/new", 0644, "again"); /* a folder for a file over a folder */
	rm(l, "a/run.sh");
	rm(l, "b/in");
	mkd(l, "empty", 0755);
	v = frozen(l, fd2);
	assert_null(tree_find(&v, "c/d/e"));
	show_tree(&v, &want);
	if (overlay(b, "lowerdir=L2:L1:L0,userxattr", NULL, &seen))
		assert_string_equal(seen.s, want.s);
	str_reset(&want);
	show_tree(&u, &want);
	if (overlay(b, "lowerdir=L1:L0,userxattr", NULL, &seen))
		assert_string_equal(seen.s, want.s);
	tree_free(&v);
	tree_free(&u);
	tree_free(&t);
}

static void
read_back(struct box *b, const char *script, const char *list)
{
	struct tree t = base_tree(b), u;
	cleanup_str struct str want = {0}, seen = {0};
	struct err err = {0};
	struct layer *l;
	int fd = folder(b, "up");

	close(folder(b, "wk"));
	if (overlay(b, "lowerdir=L0,upperdir=up,workdir=wk,userxattr,volatile", script, &seen)) {
		l = layer_from_upper(fd, &t, &err);
		ok(!l, &err);
		list_is(l, list);
		u = frozen(l, fd);
		show_tree(&u, &want);
		assert_string_equal(want.s, seen.s);
		if (overlay(b, "lowerdir=up:L0,userxattr", NULL, &seen))
			assert_string_equal(want.s, seen.s);
		tree_free(&u);
	}
	tree_free(&t);
}

static void
test_upper_nothing(void **state)
{
	/* touched, rewritten with equal bytes, made and removed: nothing changed */
	read_back(*state,
		  "touch b; printf x > t; cat a/x > t; cat t > a/x; rm t; mkdir q; rmdir q; touch a/y/z a/run.sh", "");
}

static void
test_upper_changes(void **state)
{
	read_back(
		*state,
		"umask 022; rm -r a/y; mkdir a/y; echo n > a/y/n; rm b; mkdir b; echo i > b/i; rm -r c; echo c > c;"
		"chmod 644 a/run.sh; ln -s q new; ln a/x a/hard; mkdir -p n/m",
		"a/hard:100644 a/run.sh:100644 a/y*40755 a/y/n:100644 b:40755 b/i:100644 c:100644 n:40755 n/m:40755 new:120777 ");
}

static void
test_upper_rename(void **state)
{
	read_back(*state, "mv c c2; mv a/x x; rm l", "a/x!0 c!0 c2:40755 c2/d:40755 c2/d/e:100644 l!0 x:100644 ");
}

static void
test_upper_modes(void **state)
{
	/* what the list knew stays; what the program said is taken, but no setuid bit */
	read_back(*state, "echo more >> a/y/z; chmod 4711 a/run.sh; chmod 700 c; mkdir -m 000 n; echo > m; chmod 000 m",
		  "a/run.sh:100711 a/y/z:100664 c:40700 m:100000 n:40000 ");
}

static void
test_upper_leftovers(void **state)
{
	struct box *b = *state;
	struct tree t = base_tree(b);
	int fd = folder(b, "up");
	struct err err = {0};
	struct layer *l;

	assert_int_equal(mkfifoat(fd, "pipe", 0600), 0);
	assert_int_equal(mkfifoat(fd, "b", 0600), 0);
	assert_int_equal(mknodat(fd, "none", S_IFCHR, 0), 0); /* hides nothing */
	assert_int_equal(fs_mkdirs(fd, "new"), 0);
	cleanup_fd int n = fs_open(fd, "new", O_RDONLY | O_DIRECTORY);
	fsetxattr(n, "user.overlay.opaque", "y", 1, 0);
	fsetxattr(n, "user.overlay.origin", "", 0, 0);
	bool xattrs = !fsetxattr(n, "user.note", "hi", 2, 0);
	l = layer_from_upper(fd, &t, &err);
	ok(!l, &err);
	assert_string_equal(layer_dropped(l), "fifo `b`, fifo `pipe`");
	list_is(l, "b!0 new:40755 ");
	if (xattrs)
		assert_string_equal(layer_find(l, "new")->xattrs, "user.note=6869");
	char names[64];
	assert_int_equal(flistxattr(n, names, sizeof names), 0);
	layer_free(l);
	close(fd);
	tree_free(&t);
}

static void
test_files(void **state)
{
	struct box *b = *state;
	int fd = folder(b, "L"), other = folder(b, "other"), f;
	struct layer *l = layer_new(fd, NULL);
	struct entry e = {.path = "p/one", .mode = S_IFREG | 0644};
	struct err err = {0};
	struct hash h = hash_of("hello", 5);
	struct stat st;

	f = layer_open_file(l, &e, &err);
	assert_true(f >= 0);
	assert_int_equal(fs_write(f, "hello", 5), 0);
	assert_null(layer_find(l, "p/one"));
	ok(layer_close_file(l, &e, f, NULL, 0, &err), &err);
	assert_int_equal(hash_cmp(&layer_find(l, "p/one")->digest, &h), 0);
	e.path = "p/short";
	f = layer_open_file(l, &e, &err);
	assert_int_equal(layer_close_file(l, &e, f, &h, 5, &err), -1);
	err_free(&err);
	f = fs_create(other, "take", 0600);
	assert_int_equal(fs_write(f, "hello", 5), 0);
	e.path = "taken";
	ok(layer_adopt(l, &e, other, "take", &err), &err);
	assert_false(fs_exists(other, "take"));
	assert_int_equal(fs_stat(fd, "taken", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(st.st_mtime, FS_MTIME);
	e.path = "copied";
	ok(layer_put_fd(l, &e, f, &err), &err);
	assert_int_equal(hash_cmp(&layer_find(l, "copied")->digest, &h), 0);
	ok(layer_hardlink(l, "hard", "p/one", &err), &err);
	assert_int_equal(layer_hardlink(l, "p", "p/one", &err), -1);
	assert_int_equal(layer_hardlink(l, "h2", "none", &err), -1);
	err_free(&err);
	assert_int_equal(fs_stat(fd, "hard", &st), 0);
	assert_int_equal(st.st_size, 5);
	close(f);
	close(other);
	layer_free(l);
	close(fd);
}

static void
test_copy_tree(void **state)
{
	struct box *b = *state;
	struct tree t = base_tree(b), u;
	int fd = folder(b, "L1");
	struct layer *l = layer_new(fd, NULL);
	struct err err = {0};
	struct hash x, y;

	ok(layer_copy_tree(l, &t, "a", "in/here", &err), &err);
	ok(layer_copy_tree(l, &t, "b", "one", &err), &err);
	assert_int_equal(layer_copy_tree(l, &t, "none", "", &err), -1);
	err_free(&err);
	u = frozen(l, fd);
	x = tree_identity(&t, "a");
	y = tree_identity(&u, "in/here");
	assert_int_equal(hash_cmp(&x, &y), 0);
	assert_non_null(tree_find(&u, "one"));
	/* a damaged store is noticed on the way */
	assert_int_equal(fs_replace(t.layers[0].fd, "b", "B", 1, 0644), 0);
	fd = folder(b, "L2");
	l = layer_new(fd, NULL);
	assert_int_equal(layer_copy_tree(l, &t, "", "", &err), -1);
	assert_string_equal(err.head->code, "E0803");
	err_free(&err);
	layer_free(l);
	close(fd);
	tree_free(&u);
	tree_free(&t);
}

static void
test_stacking_does_not_matter(void **state)
{
	struct box *b = *state;
	struct tree t = base_tree(b), u, v;
	int fd = folder(b, "L1"), fd2 = folder(b, "L2");
	struct layer *l = layer_new(fd, &t);

	rm(l, "a/y");
	mkd(l, "a/y", 0755);
	put(l, "b", 0755, "other");
	put(l, "b", 0644, "b"); /* and back */
	put(l, "n", 0644, "n");
	u = frozen(l, fd);
	l = layer_new(fd2, NULL);
	put(l, "n", 0644, "n");
	put(l, "c/d/e", 0644, "e");
	put(l, "b", 0644, "b");
	lnk(l, "l", "a/x");
	lnk(l, "dangling", "/nowhere");
	put(l, "a/x", 0644, "x");
	mkd(l, "a/y", 0755);
	put(l, "a/run.sh", 0775, "#!");
	v = frozen(l, fd2);
	assert_int_equal(hash_cmp(&u.id, &v.id), 0);
	assert_int_not_equal(hash_cmp(&u.id, &t.id), 0);
	tree_free(&v);
	tree_free(&u);
	tree_free(&t);
}

static void
test_special(void **state)
{
	struct box *b = *state;
	struct tree t = base_tree(b), u;
	int fd = folder(b, "L1");
	struct layer *l = layer_new(fd, &t);
	struct entry e = {.path = "dev/null", .mode = S_IFCHR | 0666, .rdev = 259};
	struct err err = {0};

	ok(layer_special(l, &e, &err), &err);
	e.path = "b";
	ok(layer_special(l, &e, &err), &err);
	u = frozen(l, fd);
	assert_false(fs_exists(u.layers[1].fd, "dev/null"));
	assert_int_equal(tree_find(&u, "b")->rdev, 259);
	assert_int_equal(tree_open(&u, "b", &err), -1);
	err_free(&err);
	tree_free(&u);
	tree_free(&t);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_disk_is_plain),   T(test_bad_paths),     T(test_view_and_list), T(test_overlay_shows_the_list),
		T(test_upper_nothing),   T(test_upper_changes), T(test_upper_rename),  T(test_upper_modes),
		T(test_upper_leftovers), T(test_files),         T(test_copy_tree),     T(test_stacking_does_not_matter),
		T(test_special),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
