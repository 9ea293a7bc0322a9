/* Mails that carry patches, with git mailsplit and git mailinfo as the judges. Given the names of files, those are
 * compared as well: test_mail debian/patches/…/x.patch */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/mail.h"
#include "os/fs.h"
#include "os/proc.h"
#include "scratch.h"

#define HEX "0123456789012345678901234567890123456789"
#define BEGIN "From " HEX " Mon Sep 17 00:00:00 2001\n"
#define FROM "From: Ann Author <ann@example.org>\n"
#define DATE "Date: Tue, 2 Jan 2024 03:04:05 +0100\n"
#define DIFF "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n+2\n"
#define TAIL "\nText.\n---\n x | 2 +-\n 1 file changed\n\n" DIFF "-- \n2.39.5\n\n"
#define OF(from) BEGIN "From: " from "\n" DATE "Subject: s\n" TAIL
#define ON(subject) BEGIN FROM DATE "Subject: " subject "\n" TAIL
#define PLAIN(coding) "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: " coding "\n"

static char **more;

/* Mailboxes that git reads without complaint. */
static const char *const boxes[] = {
	ON("[PATCH 1/2] one") ON("[PATCH 2/2] two"),
	"\n\n" ON("[PATCH] blank lines before"),
	FROM DATE "Subject: bare\n" TAIL "From somebody Mon Sep 17 00:00:00 2001\nstill the same mail\n",
	BEGIN "From: A Bee <a@b>\r\nSubject: ends\r\n\r\nText\r\n---\r\n x | 1 +\r\n\r\ndiff --git a/x b/x\r\n",
	/* who */
	OF("john@x.org (John Doe)") OF("\"Doe, J \\\"Q\\\"\" <j@x>") OF("<j@x>") OF("j@x") OF("A (c) Bee <a@b> (C)"),
	OF("J\xc3\xb6rg <j@x>") OF("=?UTF-8?q?J=C3=B6rg_M=C3=BCller?= <j@x>") OF("=?iso-8859-1?B?SvZyZw==?= <j@x>"),
	OF("A very very long name that has far more than sixty characters in it <l@x>") OF("Nobody <nobody>"),
	OF("ab <j@x>") OF("=?utf-8?Q?Doe=2C_John?= <j@x>") OF("\"j@x via list\" <l@y>") OF("Ann\n Author\n\t<ann@x>"),
	BEGIN "From: First One <f@x>\n" FROM DATE "Subject: the last counts\n" TAIL,
	/* subjects */
	ON("Re: [PATCH v3 01/12] [RFC] a: [b] c") ON("[PATCH") ON("re: RE: x") ON("Re:") ON("R") ON("ready: x"),
	ON("[PATCH 1/2]x  y\tz") ON("a long\n subject\n\tfolded") ON("") ON("[a] [b]") ON(": : x") ON("x [PATCH] y"),
	ON("=?UTF-8?q?a=20?=\n =?UTF-8?q?b?=") ON("=?UTF-8?q?a?= b =?UTF-8?B?w7Y=?=") ON("=?utf-8?q?=5BPATCH=5D_x?="),
	ON("a=b?=c") ON("=?koi8-r?B?8NLJ18XU?= x") ON("=?utf-8?q?a_b=5Fc?="),
	/* bodies */
	BEGIN FROM DATE "Subject: q\n" PLAIN(
		"quoted-printable") "\nText =C3=B6 and=\n more.\n---\n\n"
				    "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-=C3=A4 =3D=20\n+long=\n line =zz\n",
	BEGIN FROM DATE
	"Subject: b\n" PLAIN("base64") "\nVGV4dC4KLS0tCiB4IHwgMiAr\nLQoKZGlmZiAtLWdpdCBhL3ggYi94Cg==\n\n",
	BEGIN FROM DATE "Subject: b\n" PLAIN("BASE64") "\nVGV4dC4KLS0tCmRpZmYgLS1naXQgYS94IGIveAotMQ0KKzINCg==\n",
	BEGIN FROM DATE "Subject: e\n" PLAIN("8bit") TAIL,
	BEGIN FROM "Subject: no date\n" TAIL,
	/* headers in the text */
	BEGIN "From: List <l@x>\n" DATE
	      "Subject: outer\n\n\nFrom: Inner One <i@x>\nDate: Wed, 3 Jan 2024 00:00:00 +0000\n"
	      "Subject: inner\n folded\n" TAIL,
	BEGIN "From: List <l@x>\n" DATE "Subject: outer\n\nFrom: =?UTF-8?q?J=C3=B6rg?= <j@x>\nText directly\n" DIFF,
	BEGIN FROM DATE "Subject: outer\n\nText first\nFrom: Not Me <n@x>\n---\n" DIFF,
	BEGIN FROM DATE "Subject: outer\n\n>" BEGIN "From: Pasted One <p@x>\nSubject: [PATCH] pasted\n" TAIL,
	BEGIN FROM DATE "Subject: outer\n\n[PATCH] inner one\n" TAIL,
	BEGIN FROM DATE "Subject: outer\n\nFrom: A Bee <a@b>\nFrom: C Dee <c@d>\n" TAIL,
	BEGIN FROM DATE "Subject: outer\n\nFrom: A Bee <a@b>\n\nSubject: text\n" TAIL,
	/* what begins a patch, and what does not */
	BEGIN FROM DATE "Subject: s\n\nFrom here at 12:00 on\n>From there\n--\n----\n---x\n-- >8 --\n" TAIL,
	BEGIN FROM DATE "Subject: s\n\nIndex: x\n" DIFF,
	BEGIN FROM DATE "Subject: s\n\nText\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n+2\n",
	BEGIN FROM DATE "Subject: s\n\nText\n--- \t \nNote\n" DIFF,
	BEGIN FROM DATE "Subject: no patch\n\nFrom: Inner One <i@x>\n\nText only.\n",
	BEGIN FROM DATE "Subject: s\nno header\n" TAIL,
	"From: Ann Author <ann@example.org>\nX-Header: 1\nSubject : not one\nSubject: s\n" TAIL,
	"From ann@x  Tue Jan  2 03:04:05 2024\n" FROM "Subject: classic\n" TAIL
	"From x 1:2:3\nFrom bob@x Tue Jan 2 03:04:05 99\n" FROM "Subject: of 1999\n" TAIL,
};

struct fixture {
	char path[SCRATCH];
	int dir;
	struct arena a;
	struct err err;
};

static int
setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof *f);

	f->dir = open(scratch_new(f->path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	close(f->dir);
	scratch_drop(f->path);
	arena_free(&f->a);
	err_free(&f->err);
	free(f);
	return 0;
}

/* Lets git take `name` (a mailbox or a maildir) apart, into DIR/0001 …, each with .info and .patch. */
static void
ask_git(struct fixture *f, const char *name, const char *dir)
{
	static const char *const env[] = {"PATH=/usr/local/bin:/usr/bin:/bin",
					  "GIT_CONFIG_GLOBAL=/dev/null",
					  "GIT_CONFIG_NOSYSTEM=1",
					  "HOME=/nonexistent",
					  "LC_ALL=C",
					  NULL};
	const char *const argv[] = {"sh",
				    "-c",
				    "mkdir $2 && git mailsplit -b -o$2 $1 && for m in $2/*; do "
				    "git mailinfo $m.msg $m.patch <$m >$m.info || echo failed >$m.info; done",
				    "sh",
				    name,
				    dir,
				    NULL};
	cleanup_fd int null = open("/dev/null", O_WRONLY);
	const struct proc_spec spec = {.argv = argv, .env = env, .dir = f->dir, .in = -1, .out = -1, .errfd = null};
	struct str cleanup_str said = {0};

	if (proc_capture(&spec, &said, 1 << 20, &f->err))
		fail_msg("git cannot take %s apart: %s", name, f->err.head ? f->err.head->msg : "");
}

static const char *
text_of(struct fixture *f, const char *dir, size_t number, const char *suffix, size_t *len)
{
	struct str cleanup_str text = {0};
	const char *path = arena_printf(&f->a, "%s/%04zu%s", dir, number, suffix);

	if (fs_read_file(f->dir, path, &text, 1 << 24))
		fail_msg("git made no %s", path);
	*len = text.len;
	return arena_memdup(&f->a, str_text(&text), text.len + 1);
}

static void
put_file(struct fixture *f, const char *path, const char *text, size_t n)
{
	cleanup_fd int fd = fs_create(f->dir, path, 0644);

	if (fd < 0 || fs_write(fd, text, n))
		fail_msg("cannot write %s", path);
}

/* As git mailinfo prints it. */
static void
show(const struct mail *m, struct str *out)
{
	str_addf(out, "Author: %s\nEmail: %s\n", m->author, m->email);
	if (m->subject)
		str_addf(out, "Subject: %s\n", m->subject);
	if (m->date)
		str_addf(out, "Date: %s\n", m->date);
	str_addc(out, '\n');
}

/* git keeps the newline behind a header in the text as a blank. */
static const char *
without_ends(struct arena *a, const char *info)
{
	struct str cleanup_str out = {0};

	for (; *info; info++)
		if (*info != ' ' || info[1] != '\n' || str_ends(str_text(&out), "Subject:"))
			str_addc(&out, *info);
	return arena_strdup(a, str_text(&out));
}

/* One mail. What git gives no author is refused here. */
static void
compare_mail(struct fixture *f, const struct mail_slice *in, const char *dir, size_t number)
{
	struct str cleanup_str mine = {0};
	size_t ninfo, npatch;
	const char *info = without_ends(&f->a, text_of(f, dir, number, ".info", &ninfo));
	const char *patch = text_of(f, dir, number, ".patch", &npatch);
	struct mail m;

	if (!strstr(info, "\nEmail: ") || strstr(info, "\nEmail: \n")) {
		assert_int_equal(mail_read("box", in, &f->a, &m, &f->err), -1);
		assert_non_null(strstr(f->err.head->msg, "nobody is named"));
		err_free(&f->err);
		return;
	}
	if (mail_read("box", in, &f->a, &m, &f->err))
		fail_msg("%s: %s", f->err.head->msg, in->s);
	show(&m, &mine);
	assert_string_equal(mine.s, info);
	if (m.len != npatch || memcmp(m.patch, patch, npatch) != 0)
		fail_msg("the patch is another: %s", in->s);
}

static void
compare_box(struct fixture *f, const char *text, size_t len, size_t number)
{
	const char *box = arena_printf(&f->a, "box-%zu", number), *dir = arena_printf(&f->a, "d-%zu", number);
	struct mail_slice *v;
	struct str cleanup_str next = {0};
	size_t n;

	put_file(f, box, text, len);
	ask_git(f, box, dir);
	assert_int_equal(mail_split("box", text, len, &f->a, &v, &n, &f->err), 0);
	for (size_t i = 0; i < n; i++)
		compare_mail(f, &v[i], dir, i + 1);
	assert_int_equal(fs_read_file(f->dir, arena_printf(&f->a, "%s/%04zu", dir, n + 1), &next, 1 << 24), -1);
}

static void
agrees_with_git(void **state)
{
	size_t number = 0;

	for (size_t i = 0; i < ARRAY_LEN(boxes); i++)
		compare_box(*state, boxes[i], strlen(boxes[i]), ++number);
	for (char **p = more; *p; p++) {
		struct str cleanup_str text = {0};
		cleanup_fd int fd = open(*p, O_RDONLY | O_CLOEXEC);

		assert_int_equal(fd < 0 ? -1 : fs_read(fd, &text, 1 << 24), 0);
		compare_box(*state, text.s, text.len, ++number);
	}
}

/* git's order of a maildir's mails: numbers by their value, `cur` before `new`. */
static void
orders_a_maildir(void **state)
{
	static const char *const names[] = {"cur/1.a",   "cur/1.a:2,S", "cur/2.a",     "cur/10.a", "cur/010.b",
					    "cur/x9y10", "cur/x09y9",   "new/0.first", "new/a",    "new/b"};
	struct fixture *f = *state;
	const char *sorted[ARRAY_LEN(names)];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *text = arena_printf(&f->a, FROM "Subject: %s\n\nText\n", names[i]);

		put_file(f, arena_printf(&f->a, "m/%s", names[i]), text, strlen(text));
		sorted[i] = names[i];
	}
	ask_git(f, "m", "d");
	for (size_t i = 1; i < ARRAY_LEN(names); i++)
		for (size_t k = i; k > 0 && mail_order(sorted[k - 1], sorted[k]) > 0; k--) {
			const char *one = sorted[k];

			sorted[k] = sorted[k - 1];
			sorted[k - 1] = one;
		}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t len;
		const char *info = text_of(f, "d", i + 1, ".info", &len);

		if (!strstr(info, arena_printf(&f->a, "Subject: %s\n", sorted[i])))
			fail_msg("mail %zu is %s, not %s", i + 1, info, sorted[i]);
	}
}

static void
counts_lines_of_the_mailbox(void **state)
{
	struct fixture *f = *state;
	const char *text = ON("one") ON("two");
	struct mail_slice *v;
	struct mail m;
	size_t n;

	assert_int_equal(mail_split("box", text, strlen(text), &f->a, &v, &n, &f->err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(v[1].line, 20);
	assert_int_equal(mail_read("box", &v[1], &f->a, &m, &f->err), 0);
	assert_int_equal(m.line, 26); /* its "---" */
	assert_false(m.encoded);
}

static void
refuses(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{FROM "Content-Type: multipart/mixed; boundary=x\n" TAIL, "several parts (multipart/mixed)"},
		{FROM "Content-Type: text/html\n" TAIL, "no plain text, but text/html"},
		{FROM "Content-Type: application/octet-stream; name=x\n" TAIL, "but application/octet-stream"},
		{FROM "Content-Type: text/plain; charset=utf-8;\n format=flowed\n" TAIL, "format=flowed"},
		{FROM "Content-Transfer-Encoding: x-uuencode\n" TAIL, "Content-Transfer-Encoding is not known"},
		{FROM "Subject: =?no-such-charset?q?x?=\n" TAIL, "charset that is not known"},
		{FROM "Subject: =?../../x?q?x?=\n" TAIL, "charset that is not known"},
		{FROM "Subject: =?utf-8?x?x?=\n" TAIL, "in an encoding that there is not"},
		{FROM "Subject: =?utf-8?q?x\n" TAIL, "cut off"},
		{FROM "Subject: =?euc-jp?q?=ff=ff?=\n" TAIL, "damaged"},
		{"Content-Type: text/plain; charset=no\nFrom: l@x\n\nFrom: A Bee <a@b>\n" TAIL, "charset is not known"},
		{"Subject: x\n" TAIL, "nobody is named"},
		{"From: Nobody\n" TAIL, "nobody is named"},
		{"just text\n", "nobody is named"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct mail_slice in = {cases[i].text, strlen(cases[i].text), 7};
		struct mail m;

		assert_int_equal(mail_read("box", &in, &f->a, &m, &f->err), -1);
		assert_string_equal(f->err.head->code, "E0511");
		if (!strstr(f->err.head->msg, cases[i].says))
			fail_msg("%s: %s", cases[i].says, f->err.head->msg);
		assert_true(f->err.head->at.line >= 7);
		err_free(&f->err);
	}
}

static void
bounds_a_mailbox(void **state)
{
	struct fixture *f = *state;
	struct str cleanup_str text = {0};
	struct mail_slice *v;
	size_t n;

	for (int i = 0; i < 10000; i++)
		str_add(&text, BEGIN);
	assert_int_equal(mail_split("box", text.s, text.len, &f->a, &v, &n, &f->err), 0);
	assert_int_equal(n, 10000);
	str_add(&text, BEGIN);
	assert_int_equal(mail_split("box", text.s, text.len, &f->a, &v, &n, &f->err), -1);
	assert_string_equal(f->err.head->msg, "the mailbox `box` holds more than 10000 mails");
}

static void
bounds_a_header(void **state)
{
	struct fixture *f = *state;
	struct str cleanup_str text = {0};
	struct mail m;

	str_add(&text, FROM "Subject: x\n");
	for (int i = 0; i < 2000; i++)
		str_addf(&text, " %060d\n", i);
	str_add(&text, TAIL);
	assert_int_equal(mail_read("box", &(struct mail_slice){text.s, text.len, 1}, &f->a, &m, &f->err), -1);
	assert_non_null(strstr(f->err.head->msg, "longer than 64 kB"));
	mail_peek(text.s, text.len, &f->a, &m);
	assert_string_equal(m.email, "ann@example.org");
	assert_in_range(strlen(m.subject), 60000, 65536);
}

static void
peeks_at_patches(void **state)
{
	struct fixture *f = *state;
	const char *text = "Description: fix it\nAuthor: A Bee <a@b>\nForwarded: no\n\n" DIFF;
	struct mail m;

	mail_peek(text, strlen(text), &f->a, &m);
	assert_string_equal(m.subject, "fix it");
	assert_string_equal(m.author, "A Bee");
	assert_int_equal(m.len, strlen(text));
	mail_peek(DIFF, strlen(DIFF), &f->a, &m);
	assert_null(m.email);
	mail_peek("Subject: =?x\n\n", 14, &f->a, &m);
	assert_null(m.subject);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T(agrees_with_git),  T(orders_a_maildir), T(counts_lines_of_the_mailbox),
		T(refuses),          T(bounds_a_mailbox), T(bounds_a_header),
		T(peeks_at_patches),
	};

	more = argv + (argc > 0);
	return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
