/* Lists have one text, fold as overlayfs does, and identity does not know how they were stacked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"
#include "model/tree.h"

#define D64 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HEAD "jkr list 1\n"
#define F(path) "f644\t" path "\t0\t" D64 "\n"

struct parsed {
	struct arena a;
	struct entry *v;
	size_t n;
};

static int
parse(const char *text, struct parsed *p)
{
	struct err err = {0};
	int r;

	memset(p, 0, sizeof *p);
	r = list_parse(text, strlen(text), &p->a, &p->v, &p->n, &err);
	assert_int_equal(r != 0, err_any(&err));
	if (r)
		assert_string_equal(err.head->code, "E0802");
	err_free(&err);
	return r;
}

static void
drop(struct parsed *p)
{
	arena_free(&p->a);
	free(p->v);
}

static void
test_round_trip(void **state)
{
	static const char text[] =
		HEAD "d755\ta\n"
		     "f4755@1000:5\ta/\\x09tab \\x5c\t12\t" D64
		     "\tsecurity.capability=01ff user.a=\n" F("a/b c") "o700\ta/o\n"
								       "l777\tb\t../x\\x0ay\n"
								       "c600@0:6\tc\t18446744073709551615\n"
								       "b660\td\t2049\n"
								       "p644\te\n"
								       "s644\tf\n"
								       "w\tg\n";
	struct parsed p;
	cleanup_str struct str out = {0};

	(void)state;
	assert_int_equal(parse(text, &p), 0);
	assert_int_equal(p.n, 10);
	assert_string_equal(p.v[1].path, "a/\ttab \\");
	assert_int_equal(p.v[1].uid, 1000);
	assert_int_equal(p.v[1].mode, S_IFREG | 04755);
	assert_string_equal(p.v[4].target, "../x\ny");
	assert_true(p.v[3].opaque && p.v[9].whiteout);
	list_format(p.v, p.n, &out);
	assert_string_equal(out.s, text);
	drop(&p);
}

static void
test_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"jkr list 2\n",
		"jkr list 1",
		HEAD "\n",
		HEAD "d755\ta",
		HEAD "d755\t\n",
		HEAD "d755\t/a\n",
		HEAD "d755\ta/\n",
		HEAD "d755\ta//b\n",
		HEAD "d755\t..\n",
		HEAD "d755\ta/../b\n",
		HEAD "d755\t.\n",
		HEAD "d0755\ta\n",
		HEAD "d10000\ta\n",
		HEAD "d\ta\n",
		HEAD "x755\ta\n",
		HEAD "d755 a\n",
		HEAD "d755\ta\td\n",
		HEAD "d755\ta\\x41\n",
		HEAD "d755\ta\\x00\n",
		HEAD "d755\ta\\x0\n",
		HEAD "d755\ta\\x0A\n",
		HEAD "d755\ta\\\n",
		HEAD "d755@0:0\ta\n",
		HEAD "d755@4294967296:0\ta\n",
		HEAD "d755@1:\ta\n",
		HEAD "d755\tb\nd755\ta\n",
		HEAD "d755\ta\nd755\ta\n",
		HEAD "f644\ta\n",
		HEAD "f644\ta\t1\n",
		HEAD "f644\ta\t01\t" D64 "\n",
		HEAD "f644\ta\t18446744073709551616\t" D64 "\n",
		HEAD "f644\ta\t1\tabc\n",
		HEAD "f644\ta\t-1\t" D64 "\n",
		HEAD "l777\ta\n",
		HEAD "l755\ta\tb\n",
		HEAD "l777\ta\t\n",
		HEAD "c600\ta\n",
		HEAD "w\n",
		HEAD "w\ta\tb=01\n",
		HEAD "w755\ta\n",
		HEAD "d755\ta\tb=0\n",
		HEAD "d755\ta\tb=01 a=01\n",
		HEAD "d755\ta\tb=01 b=01\n",
		HEAD "d755\ta\t=01\n",
		HEAD "d755\ta\tb=01 \n",
		HEAD "d755\ta\tb=AB\n",
		HEAD "d755\ta-b\nd755\ta/b\n",
		HEAD "d755\ta\r\n",
	};
	struct parsed p;
	char name[400];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (!parse(bad[i], &p))
			fail_msg("accepted: %s", bad[i]);
		drop(&p);
	}
	snprintf(name, sizeof name, HEAD "d755\t%0300d\n", 0);
	assert_int_equal(parse(name, &p), -1);
	drop(&p);
}

static void
test_truncated_anywhere(void **state)
{
	static const char text[] = HEAD "f644@1:2\ta\\x09\t12\t" D64 "\tu.a=01\nl777\tb\tc\nw\tg\n";
	struct parsed p;

	(void)state;
	for (size_t n = 0; n < sizeof text - 1; n++) {
		cleanup_free char *cut = xstrndup(text, n);

		if (!parse(cut, &p))
			assert_int_equal(cut[n - 1], '\n');
		drop(&p);
	}
}

static void
fold(const char *below, const char *upper, bool marks, const char *want)
{
	struct parsed b, u;
	cleanup_str struct str out = {0};
	struct entry *v;
	size_t n;

	assert_int_equal(parse(below, &b), 0);
	assert_int_equal(parse(upper, &u), 0);
	v = list_fold(b.v, b.n, u.v, u.n, marks, &n);
	list_format(v, n, &out);
	assert_string_equal(out.s, want);
	free(v);
	drop(&b);
	drop(&u);
}

static void
test_fold(void **state)
{
	static const char base[] =
		HEAD "d755\ta\n" F("a/x") "d755\ta/y\n" F("a/y/z") F("a-b") F("b") "d755\tc\n" F("c/d");

	(void)state;
	fold(base, HEAD, false, base);
	fold(HEAD, base, false, base);
	fold(base, HEAD "w\ta\n", false, HEAD F("a-b") F("b") "d755\tc\n" F("c/d"));
	fold(base, HEAD "o755\ta\n" F("a/n"), false, HEAD "d755\ta\n" F("a/n") F("a-b") F("b") "d755\tc\n" F("c/d"));
	fold(base, HEAD F("a"), false, HEAD F("a") F("a-b") F("b") "d755\tc\n" F("c/d"));
	fold(base,
	     HEAD "d700\ta\n"
		  "w\ta/y/z\n"
		  "w\tnone\n",
	     false, HEAD "d700\ta\n" F("a/x") "d755\ta/y\n" F("a-b") F("b") "d755\tc\n" F("c/d"));
	fold(base, HEAD "d755\tb\n" F("b/in"), false,
	     HEAD "d755\ta\n" F("a/x") "d755\ta/y\n" F("a/y/z") F("a-b") "d755\tb\n" F("b/in") "d755\tc\n" F("c/d"));
	fold(base, HEAD F("z"), false,
	     HEAD "d755\ta\n" F("a/x") "d755\ta/y\n" F("a/y/z") F("a-b") F("b") "d755\tc\n" F("c/d") F("z"));
	/* with marks the result still hides what lies further down */
	fold(HEAD "w\ta\nw\tb\n", HEAD "d755\ta\n" F("a/n"), true, HEAD "o755\ta\n" F("a/n") "w\tb\n");
	fold(HEAD "d755\ta\n" F("a/n"), HEAD "w\ta\n", true, HEAD "w\ta\n");
	fold(HEAD F("a"), HEAD "d755\ta\n", true, HEAD "o755\ta\n");
}

static struct tree
tree_of(struct parsed *p)
{
	return (struct tree){.v = p->v, .n = p->n};
}

static void
test_find_and_range(void **state)
{
	struct parsed p;
	struct tree t;
	size_t n;

	(void)state;
	assert_int_equal(parse(HEAD "d755\ta\n" F("a/x") "d755\ta/y\n" F("a/y/z") F("a-b") F("ab"), &p), 0);
	t = tree_of(&p);
	assert_string_equal(tree_find(&t, "a/y/z")->path, "a/y/z");
	assert_null(tree_find(&t, "a/"));
	assert_null(tree_find(&t, "zz"));
	assert_true(S_ISDIR(tree_find(&t, "")->mode));
	assert_int_equal(tree_range(&t, "a", &n), 1);
	assert_int_equal(n, 3);
	assert_int_equal(tree_range(&t, "", &n), 0);
	assert_int_equal(n, 6);
	tree_range(&t, "a-b", &n);
	assert_int_equal(n, 0);
	tree_range(&t, "none", &n);
	assert_int_equal(n, 0);
	assert_string_equal(tree_near(&t, "a/y/zz"), "a/y/z");
	drop(&p);
}

static void
test_resolve(void **state)
{
	struct parsed p;
	struct tree t;

	(void)state;
	assert_int_equal(parse(HEAD "l777\tabs\t/d/f\n"
				    "d755\td\n" F("d/f") "l777\td/up\t..\nl777\td/out\t../../x\n"
							 "l777\tloop\tloop\nl777\tto\td/./up/d//f\nl777\tto2\td\n",
			       &p),
			 -1);
	drop(&p);
	assert_int_equal(parse(HEAD "l777\tabs\t/d/f\n"
				    "d755\td\n" F("d/f") "l777\td/out\t../../x\nl777\td/up\t..\n"
							 "l777\tloop\tloop\nl777\tto\td/./up/d//f\nl777\tto2\td\n",
			       &p),
			 0);
	t = tree_of(&p);
	assert_string_equal(tree_resolve(&t, "to")->path, "d/f");
	assert_string_equal(tree_resolve(&t, "to2/f")->path, "d/f");
	assert_string_equal(tree_resolve(&t, "d/up/to2/../d/f")->path, "d/f");
	assert_string_equal(tree_resolve(&t, "d/up")->path, "");
	assert_null(tree_resolve(&t, "abs"));
	assert_null(tree_resolve(&t, "d/out"));
	assert_null(tree_resolve(&t, "loop"));
	assert_null(tree_resolve(&t, "d/f/x"));
	assert_null(tree_resolve(&t, "d/f/"));
	assert_null(tree_resolve(&t, "/d"));
	assert_null(tree_resolve(&t, "../d"));
	drop(&p);
}

static void
test_identity(void **state)
{
	struct parsed p, q;
	struct tree t, u;
	struct hash a, b;

	(void)state;
	assert_int_equal(parse(HEAD "d755\ta\n" F("a/x") F("b"), &p), 0);
	assert_int_equal(parse(HEAD F("x"), &q), 0);
	t = tree_of(&p);
	u = tree_of(&q);
	a = tree_identity(&t, "a");
	b = tree_identity(&u, "");
	assert_int_equal(hash_cmp(&a, &b), 0);
	b = tree_identity(&t, "b");
	assert_int_not_equal(hash_cmp(&a, &b), 0);
	a = tree_identity(&u, "x");
	assert_int_equal(hash_cmp(&a, &b), 0); /* a file's own name is not part of what it is */
	memset(&a, 0, sizeof a);
	b = tree_identity(&t, "none");
	assert_int_equal(hash_cmp(&a, &b), 0);
	a = tree_identity(&t, "");
	p.v[1].mode = S_IFREG | 0755;
	b = tree_identity(&t, "");
	assert_int_not_equal(hash_cmp(&a, &b), 0);
	p.v[1].mode = S_IFREG | 0644;
	p.v[1].opaque = true;
	p.v[1].layer = 9;
	b = tree_identity(&t, "");
	assert_int_equal(hash_cmp(&a, &b), 0);
	drop(&p);
	drop(&q);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* A kernel's worth of files; the times are for the reader, what is checked is the content. */
static void
test_large(void **state)
{
	cleanup_str struct str s = {0};
	struct err err = {0};
	struct parsed p = {0}, thin;
	struct entry *v;
	struct tree t;
	size_t n;
	double t0, t1, t2, t3;

	(void)state;
	str_add(&s, HEAD);
	for (int i = 0; i < 80000; i++) {
		if (i % 20 == 0)
			str_addf(&s, "d755\tdrivers/media/folder-%04d\n", i / 20);
		str_addf(&s, "f644\tdrivers/media/folder-%04d/some-source-file-%02d.c\t10240\t" D64 "\n", i / 20,
			 i % 20);
	}
	t0 = now();
	assert_int_equal(list_parse(s.s, s.len, &p.a, &p.v, &p.n, &err), 0);
	t1 = now();
	t = tree_of(&p);
	assert_int_equal(p.n, 84000);
	struct hash a = tree_identity(&t, ""), b = hash_of(s.s, s.len);
	t2 = now();
	assert_int_equal(hash_cmp(&a, &b), 0);
	assert_int_equal(parse(HEAD F("drivers/media/folder-2000/new") "w\tdrivers/media/folder-3000\n", &thin), 0);
	v = list_fold(p.v, p.n, thin.v, thin.n, false, &n);
	t3 = now();
	assert_int_equal(n, 84000 + 1 - 21);
	print_message("84,000 entries: parse %.1f ms, identity (and a hash of the text) %.1f, thin fold %.1f\n",
		      t1 - t0, t2 - t1, t3 - t2);
	free(v);
	drop(&thin);
	drop(&p);
}

/* A text that comes in parts, and may stop. */
struct coming {
	size_t part, stops, len;
};

static size_t
comes(void *ctx, size_t have)
{
	const struct coming *c = ctx;

	have += c->part;
	if (have > c->len)
		have = c->len;
	return have > c->stops ? 0 : have;
}

/* In whatever parts a list comes, it is the same list, and one that stops is none. */
static void
test_comes_in_parts(void **state)
{
	static const char text[] = HEAD "d755\ta\n" F("a/b") F("a/c") "l777\tb\tto\n" F("c") "w\td\n" F("e");
	const size_t first = strlen(HEAD), len = strlen(text);
	struct parsed whole;

	(void)state;
	assert_int_equal(parse(text, &whole), 0);
	for (size_t part = 1; part <= len; part++)
		for (size_t stops = len - 1; stops <= len; stops++) {
			struct coming c = {part, stops, len};
			cleanup_arena struct arena a = {0};
			struct err err = {0};
			struct entry *v;
			size_t n;
			bool good = part >= first && stops == len;

			assert_int_equal(list_cut_coming(arena_strdup(&a, text), len, comes, &c, &a, &v, &n, &err) == 0,
					 good);
			assert_int_equal(err_any(&err), !good);
			err_free(&err);
			assert_int_equal(n, good ? whole.n : 0);
			for (size_t i = 0; i < n; i++)
				assert_true(entry_equal(&v[i], &whole.v[i]));
		}
	drop(&whole);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comes_in_parts), cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_refused),        cmocka_unit_test(test_truncated_anywhere),
		cmocka_unit_test(test_fold),           cmocka_unit_test(test_find_and_range),
		cmocka_unit_test(test_resolve),        cmocka_unit_test(test_identity),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
