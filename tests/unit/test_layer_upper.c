/* Layers and overlayfs: what it shows of a layer is what the list says, and what it wrote is read back. */
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "layer_case.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_overlay_shows_the_list), T(test_upper_nothing), T(test_upper_changes),
		T(test_upper_rename),           T(test_upper_modes),   T(test_upper_leftovers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
