#include "data/filecheck.h"

#include <inttypes.h>
#include <regex.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "data/elf.h"
#include "data/schema.h"
#include "data/vermagic.h"
#include "data/view.h"
#include "os/fs.h"

#define ABSENT "E1302"
#define FORBIDDEN "E1303"
#define CONTENT "E1304"
enum { FILE_MAX = 1 << 29, PIECE_MAX = 1 << 16, RUN_MIN = 4, VALUES = 8 };

/* What the files of one check say: the different values, in the order they are met. */
struct values {
	struct arena arena;
	const char *v[VALUES];
	size_t n;
	bool more;
};

struct search {
	const regex_t *re, *lines, *anew; /* the last two may be NULL */
	struct values *values;
	size_t first; /* value of this file */
	bool more;    /* of the values before it */
	size_t found; /* in this file, since a line that began anew */
	bool again;   /* there was one */
};

struct checking {
	const struct view *v;
	const struct file_rules *r;
	regex_t re, lines, anew;
	struct values values;
	size_t files, programs;
	uint64_t bytes;
	const struct view_file *last;
	struct err *err;
};

int
filecheck_expression(const char *field, const char *text, struct err *err)
{
	regex_t re;
	char why[128];
	int code = regcomp(&re, text, REG_EXTENDED);

	if (!code) {
		regfree(&re);
		return 0;
	}
	regerror(code, &re, why, sizeof why);
	err_set(err, "E0565", "`%s` is not a regular expression: %s", text, why);
	err_field(err, field);
	return err_label(err, "not a regular expression");
}

/* Texts of a file */

static int
lines(const char *p, size_t n, text_fn fn, void *ctx)
{
	while (n) {
		const char *nl = memchr(p, '\n', n);
		size_t k = nl ? (size_t)(nl - p) : n, step = k + (nl != NULL);
		int r;

		if (k > PIECE_MAX)
			k = step = PIECE_MAX;
		r = fn(ctx, p, k);
		if (r)
			return r;
		p += step;
		n -= step;
	}
	return 0;
}

static int
runs(const char *p, size_t n, text_fn fn, void *ctx)
{
	for (size_t i = 0, k; i < n; i += k + 1) {
		int r;

		for (k = 0; i + k < n && k < PIECE_MAX; k++) {
			unsigned char c = (unsigned char)p[i + k];

			if (c != '\t' && (c < 0x20 || c > 0x7e))
				break;
		}
		r = k < RUN_MIN ? 0 : fn(ctx, p + i, k);
		if (r)
			return r;
	}
	return 0;
}

int
filecheck_texts(const char *p, size_t n, text_fn fn, void *ctx)
{
	return !n ? 0 : memchr(p, '\0', n) ? runs(p, n, fn, ctx) : lines(p, n, fn, ctx);
}

/* Values */

static void
add_value(struct values *v, const char *s, size_t n)
{
	for (size_t i = 0; i < v->n; i++)
		if (strlen(v->v[i]) == n && !memcmp(v->v[i], s, n))
			return;
	if (v->n < VALUES)
		v->v[v->n++] = arena_strndup(&v->arena, s, n);
	else
		v->more = true;
}

static int
match_text(void *ctx, const char *s, size_t n)
{
	struct search *q = ctx;
	regmatch_t m[2];
	size_t at = 0;

	m[0] = (regmatch_t){0, (regoff_t)n};
	if (q->anew && !regexec(q->anew, s, 1, m, REG_STARTEND)) {
		q->again |= q->found > 0;
		q->found = 0;
		q->values->n = q->first;
		q->values->more = q->more;
	}
	m[0] = (regmatch_t){0, (regoff_t)n};
	if (q->lines && regexec(q->lines, s, 1, m, REG_STARTEND))
		return 0;
	while (at < n) {
		m[0] = (regmatch_t){(regoff_t)at, (regoff_t)n};
		if (regexec(q->re, s, 2, m, REG_STARTEND | (at ? REG_NOTBOL : 0)))
			break;
		q->found++;
		if (m[1].rm_so >= 0)
			add_value(q->values, s + m[1].rm_so, (size_t)(m[1].rm_eo - m[1].rm_so));
		else
			add_value(q->values, s + m[0].rm_so, (size_t)(m[0].rm_eo - m[0].rm_so));
		at = (size_t)m[0].rm_eo + (m[0].rm_eo == m[0].rm_so);
	}
	return 0;
}

/* One file */

static void
check_texts(struct checking *c, const struct view_file *f, const struct str *bytes)
{
	const struct strings *in = c->r->contains, *out = c->r->lacks;

	for (size_t i = 0; in && i < in->n; i++)
		if (!memmem(str_text(bytes), bytes->len, in->v[i], strlen(in->v[i])))
			err_set(c->err, CONTENT, "`%s` does not hold `%s`", f->path, in->v[i]);
	for (size_t i = 0; out && i < out->n; i++)
		if (memmem(str_text(bytes), bytes->len, out->v[i], strlen(out->v[i])))
			err_set(c->err, CONTENT, "`%s` holds `%s`", f->path, out->v[i]);
}

static void
check_value(struct checking *c, const struct view_file *f, const struct str *bytes)
{
	size_t before = c->values.n;
	struct search q = {.re = &c->re,
			   .lines = c->r->lines ? &c->lines : NULL,
			   .anew = c->r->anew ? &c->anew : NULL,
			   .values = &c->values,
			   .first = before,
			   .more = c->values.more};

	filecheck_texts(str_text(bytes), bytes->len, match_text, &q);
	if (!q.found && q.again)
		err_set(c->err, CONTENT,
			"`%s` holds nothing that matches `%s` from the last line of `%s` on, which begins anew",
			f->path, c->r->find, c->r->anew);
	else if (!q.found && c->r->lines)
		err_set(c->err, CONTENT, "`%s` holds no line of `%s` that matches `%s`", f->path, c->r->lines,
			c->r->find);
	else if (!q.found)
		err_set(c->err, CONTENT, "`%s` holds nothing that matches `%s`", f->path, c->r->find);
	for (size_t i = before; c->r->is && i < c->values.n; i++)
		if (strcmp(c->values.v[i], c->r->is))
			err_set(c->err, CONTENT, "`%s` says `%s`, and `%s` is asked for", f->path, c->values.v[i],
				c->r->is);
}

/* What a program, library or object is for: by its first bytes, whatever it is called and however large it is. */
static void
check_machine(struct checking *c, const struct view_file *f)
{
	const struct vermagic_arch want = vermagic_arch_named(c->r->machine);
	cleanup_fd int fd = view_open(c->v, f, c->err);
	unsigned char p[20];
	uint16_t machine;
	char buf[32];

	if (fd < 0 || read(fd, p, sizeof p) != (ssize_t)sizeof p || memcmp(p, "\177ELF", 4))
		return;
	c->programs++;
	machine = (uint16_t)(p[5] == 2 ? p[18] << 8 | p[19] : p[19] << 8 | p[18]);
	if (machine != want.machine || (p[4] == 2) != want.is64)
		err_set(c->err, CONTENT, "`%s` is for %s, and %s is asked for", f->path,
			elf_machine_name(machine, p[4] == 2, buf), c->r->machine);
}

static void
check_file(struct checking *c, const struct view_file *f)
{
	const struct file_rules *r = c->r;
	cleanup_str struct str bytes = {0};

	c->files++;
	c->last = f;
	if (!S_ISREG(f->mode)) {
		if (r->find || (r->contains && r->contains->n) || (r->lacks && r->lacks->n))
			err_set(c->err, CONTENT, "`%s` is no file, so it holds nothing", f->path);
		return;
	}
	c->bytes += f->size;
	if (f->size < (uint64_t)r->min_size)
		err_set(c->err, CONTENT, "`%s` has %" PRIu64 " bytes, and at least %" PRId64 " are asked for", f->path,
			f->size, r->min_size);
	if (r->machine)
		check_machine(c, f);
	if (!r->find && (!r->contains || !r->contains->n) && (!r->lacks || !r->lacks->n))
		return;
	if (view_read(c->v, f, FILE_MAX, &bytes, c->err))
		return;
	check_texts(c, f, &bytes);
	if (r->find)
		check_value(c, f, &bytes);
}

/* All files */

static void
check_present(struct checking *c, const char *pattern, const struct place *at)
{
	const struct view_file *f = view_match(c->v, pattern, 0);
	size_t before = c->files;
	const char *near;
	int broken = 0;

	if (!f && (f = view_follow(c->v, pattern))) {
		check_file(c, f);
		return;
	}
	for (; f; f = view_match(c->v, pattern, (size_t)(f - c->v->v) + 1)) {
		const struct view_file *real = f->target ? view_follow(c->v, f->path) : f;

		if (real)
			check_file(c, real);
		else
			broken = err_set(c->err, ABSENT, "`%s` leads nowhere: what it links to is not there", f->path);
	}
	if (c->files > before || broken)
		return;
	err_set(c->err, ABSENT, "`%s` is not there", pattern);
	if (at)
		err_at(c->err, *at);
	near = view_near(c->v, pattern);
	if (near)
		err_help(c->err, "there is `%s`", near);
}

static void
check_absent(struct checking *c, const char *pattern, const struct place *at)
{
	const struct view_file *f = view_match(c->v, pattern, 0);
	size_t n = 0;

	for (const struct view_file *g = f; g; g = view_match(c->v, pattern, (size_t)(g - c->v->v) + 1))
		n++;
	if (!n)
		return;
	if (n == 1)
		err_set(c->err, FORBIDDEN, "`%s` is there, and must not be", f->path);
	else
		err_set(c->err, FORBIDDEN, "`%s` and %zu more are there, and must not be", f->path, n - 1);
	if (at)
		err_at(c->err, *at);
}

static void
say_got(const struct checking *c, struct str *got)
{
	char size[32];

	for (size_t i = 0; i < c->values.n; i++)
		str_addf(got, "%s%s", i ? ", " : "", c->values.v[i]);
	if (c->values.more)
		str_add(got, " and more");
	if (c->values.n)
		return;
	if (c->r->machine && c->programs)
		str_addf(got, "%zu program%s for %s", c->programs, c->programs == 1 ? "" : "s", c->r->machine);
	else if (c->files == 1)
		str_addf(got, "%s, %s", c->last->path, format_size(c->bytes, size));
	else if (c->files)
		str_addf(got, "%zu files, %s", c->files, format_size(c->bytes, size));
	else
		str_add(got, "not there");
}

static void
check_all(struct checking *c)
{
	const struct file_rules *r = c->r;
	size_t present = r->present ? r->present->n : 0, absent = r->absent ? r->absent->n : 0;

	for (size_t i = 0; i < present; i++)
		check_present(c, r->present->v[i], r->present->at ? &r->present->at[i] : NULL);
	for (size_t i = 0; i < absent; i++)
		check_absent(c, r->absent->v[i], r->absent->at ? &r->absent->at[i] : NULL);
	for (size_t i = 0; !present && !absent && i < c->v->n; i++)
		if (S_ISREG(c->v->v[i].mode))
			check_file(c, &c->v->v[i]);
	if (!present && !absent && !c->files)
		err_set(c->err, ABSENT, "there is no file to look at");
	else if (r->machine && !c->programs && !err_any(c->err))
		err_set(c->err, CONTENT, "there is no program among the files that says what it is for");
}

int
filecheck(const struct view *v, const void *rules, struct str *got, struct err *err)
{
	const struct file_rules *r = rules;
	struct checking c = {.v = v, .r = r, .err = err};
	const struct {
		const char *field, *text;
		regex_t *re;
	} all[] = {{"find", r->find, &c.re}, {"lines", r->lines, &c.lines}, {"anew", r->anew, &c.anew}};
	size_t before = err_count(err), n = 0;

	for (; n < 3; n++)
		if (all[n].text && (filecheck_expression(all[n].field, all[n].text, err) ||
				    regcomp(all[n].re, all[n].text, REG_EXTENDED)))
			break;
	if (n == 3) {
		check_all(&c);
		say_got(&c, got);
		arena_free(&c.values.arena);
	}
	while (n--)
		if (all[n].text)
			regfree(all[n].re);
	return err_count(err) > before ? -1 : 0;
}
