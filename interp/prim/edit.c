/* edit: a text changed at an anchor that must match exactly so often */
#include <inttypes.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/crlf.h"
#include "model/job.h"
#include "model/prim.h"

#define EDIT_MAX (64u << 20)
#define LINES_SHOWN 12
#define GROUPS 10

struct edit_params {
	const char *path;
	const char *find;
	const char *replace, *before, *after;
	bool regex;
	bool already;
	int64_t times;
};

static const struct param params[] = {
	PARAM(edit_params, path, P_PATH, P_OPERAND | P_REQUIRED, "The file, inside the tree."),
	PARAM(edit_params, find, P_STRING, P_REQUIRED,
	      "The text that is looked for; line breaks count like other characters."),
	PARAM(edit_params, replace, P_STRING, 0, "What stands there instead."),
	PARAM(edit_params, before, P_STRING, 0, "What is put in front of it."),
	PARAM(edit_params, after, P_STRING, 0, "What is put behind it."),
	PARAM(edit_params, regex, P_BOOL, 0,
	      "`find` is an extended regular expression of POSIX, `^` and `$` match at lines; in what is put in, \\1 to "
	      "\\9 stand for its groups and \\0 for all that was found."),
	PARAM(edit_params, already, P_BOOL, 0,
	      "Whether the file may be so before the edit: for a value that an option gives, which can be the stock one."),
	PARAM_RANGE(edit_params, times, P_INT, 0, 0, 1000000, "1",
		    "How often the text must be there: exactly; 0 is any number, but once at least."),
	{0},
};

/* A place in the text that matched. */
struct match {
	size_t start, end;
	regmatch_t group[GROUPS]; /* offsets into the text; with `regex` only */
};

struct matches {
	struct match *v;
	size_t n, cap;
};

static int
compile(const struct edit_params *p, regex_t *re, struct err *err)
{
	int code = regcomp(re, p->find, REG_EXTENDED | REG_NEWLINE);
	char why[128];

	if (!code)
		return 0;
	regerror(code, re, why, sizeof why);
	err_set(err, "E0565", "`%s` is not a regular expression: %s", p->find, why);
	err_field(err, "find");
	return err_label(err, "not a regular expression");
}

static int
check(const void *arg, struct err *err)
{
	const struct edit_params *p = arg;
	int given = !!p->replace + !!p->before + !!p->after;
	regex_t re;

	if (given != 1) {
		err_set(err, "E0120",
			given ? "`replace`, `before` and `after` exclude each other"
			      : "the edit of `%s` does not say what to put in",
			p->path);
		if (given)
			err_field(err, p->after ? "after" : "before");
		err_label(err, given ? "one of them is enough" : "nothing to put in");
		return err_help(err, "give one of `replace`, `before` and `after`");
	}
	if (!*p->find) {
		err_set(err, "E0565", "`find` is empty in the edit of `%s`", p->path);
		return err_field(err, "find");
	}
	if (!p->regex || !strcmp(p->find, TEXT_LATER))
		return 0;
	if (compile(p, &re, err))
		return -1;
	regfree(&re);
	return 0;
}

static void
add_match(struct matches *m, size_t start, size_t end, const regmatch_t *group)
{
	GROW(m->v, m->n, m->cap);
	m->v[m->n].start = start;
	m->v[m->n].end = end;
	if (group)
		memcpy(m->v[m->n].group, group, sizeof m->v->group);
	m->n++;
}

static void
find_plain(const char *text, const char *find, struct matches *m)
{
	size_t n = strlen(find);

	for (const char *p = text; (p = strstr(p, find)) != NULL; p += n)
		add_match(m, (size_t)(p - text), (size_t)(p - text) + n, NULL);
}

static int
find_regex(const struct edit_params *p, const struct str *text, struct matches *m, struct err *err)
{
	regmatch_t group[GROUPS];
	size_t at = 0;
	regex_t re;
	int r = 0;

	if (compile(p, &re, err))
		return -1;
	while (at < text->len) {
		bool line = !at || text->s[at - 1] == '\n';

		group[0].rm_so = (regoff_t)at;
		group[0].rm_eo = (regoff_t)text->len;
		if (regexec(&re, text->s, GROUPS, group, REG_STARTEND | (line ? 0 : REG_NOTBOL)))
			break;
		if (group[0].rm_so == group[0].rm_eo) {
			r = err_set(err, "E0565", "`%s` matches an empty text in `%s`", p->find, p->path);
			break;
		}
		add_match(m, (size_t)group[0].rm_so, (size_t)group[0].rm_eo, group);
		at = (size_t)group[0].rm_eo;
	}
	regfree(&re);
	return r;
}

static size_t
line_of(const char *text, size_t at)
{
	size_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += text[i] == '\n';
	return line;
}

static void
add_lines(const char *text, const struct matches *m, struct str *out)
{
	for (size_t i = 0; i < m->n && i < LINES_SHOWN; i++)
		str_addf(out, "%s%zu", i ? ", " : "", line_of(text, m->v[i].start));
	if (m->n > LINES_SHOWN)
		str_addf(out, " and %zu more", m->n - LINES_SHOWN);
}

/* Whether the line at `s` holds the first line of `find`, blanks aside. */
static bool
line_like(const char *s, size_t n, const char *find)
{
	static const char blanks[] = " \t\r";

	while (*find && *find != '\n') {
		if (strchr(blanks, *find)) {
			find++;
			continue;
		}
		while (n && strchr(blanks, *s))
			s++, n--;
		if (!n || *s != *find)
			return false;
		s++, n--, find++;
	}
	return true;
}

/* The first line that would match if blanks did not count, or 0. */
static size_t
near_line(const char *text, const char *find)
{
	size_t line = 1;

	find += strspn(find, " \t\r\n");
	for (; *find && *text; line++) {
		size_t n = strcspn(text, "\n");

		for (size_t i = 0; i < n; i++)
			if (text[i] == *find && line_like(text + i, n - i, find))
				return line;
		text += n + (text[n] == '\n');
	}
	return 0;
}

static int
wrong_count(const struct edit_params *p, const char *text, const struct matches *m, struct err *err)
{
	cleanup_str struct str lines = {0};
	size_t near;

	add_lines(text, m, &lines);
	if (!m->n)
		err_set(err, "E0561", "`%s` does not hold `%s`", p->path, p->find);
	else
		err_set(err, "E0561", "`%s` holds `%s` %zu time%s instead of %" PRId64, p->path, p->find, m->n,
			m->n == 1 ? "" : "s", p->times);
	err_field(err, "find");
	if (m->n) {
		err_help(err, "it is in line%s %s", m->n == 1 ? "" : "s", str_text(&lines));
		return err_help(err, "make `find` longer, or set `times = %zu`", m->n);
	}
	near = p->regex ? 0 : near_line(text, p->find);
	return near ? err_help(err, "line %zu differs in blanks or in the lines that follow", near) : -1;
}

/* What is put in at a match: groups come in place of \1. */
static void
add_text(struct str *out, const char *s, const char *text, const struct match *m, bool regex)
{
	for (; *s; s++) {
		const regmatch_t *g;

		if (!regex || *s != '\\' || (s[1] != '\\' && (s[1] < '0' || s[1] > '9'))) {
			str_addc(out, *s);
			continue;
		}
		if (*++s == '\\') {
			str_addc(out, '\\');
			continue;
		}
		g = &m->group[*s - '0'];
		if (g->rm_so >= 0)
			str_addn(out, text + g->rm_so, (size_t)(g->rm_eo - g->rm_so));
	}
}

static void
apply(const struct edit_params *p, const struct str *text, const struct matches *m, struct str *out)
{
	const char *put = p->replace ? p->replace : p->before ? p->before : p->after;
	size_t at = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct match *k = &m->v[i];

		str_addn(out, text->s + at, k->start - at);
		if (p->after)
			str_addn(out, text->s + k->start, k->end - k->start);
		add_text(out, put, text->s, k, p->regex);
		if (p->before)
			str_addn(out, text->s + k->start, k->end - k->start);
		at = k->end;
	}
	str_addn(out, text->s + at, text->len - at);
}

static int
no_file(const struct tree *t, const char *path, const struct entry *e, struct err *err)
{
	const char *near = e ? NULL : tree_near(t, path);

	if (!e)
		err_set(err, "E0564", "there is no `%s` to edit", path);
	else if (S_ISLNK(e->mode))
		err_set(err, "E0564", "`%s` is a link to `%s`", path, e->target);
	else
		err_set(err, "E0564", "`%s` is not a file", path);
	err_field(err, "path");
	if (e && S_ISLNK(e->mode))
		return err_help(err, "edit the file that it leads to");
	return near ? err_help(err, "did you mean `%s`?", near) : -1;
}

static int
read_text(const struct tree *t, const char *path, struct str *text, const struct entry **e, struct err *err)
{
	*e = tree_find(t, path);
	if (!*e || !S_ISREG((*e)->mode))
		return no_file(t, path, *e, err);
	if ((*e)->size > EDIT_MAX)
		return err_set(err, "E0563", "`%s` is too large for an edit", path);
	if (tree_read(t, path, text, EDIT_MAX, err))
		return -1;
	str_addn(text, "", 0);
	if (!memchr(text->s, '\0', text->len))
		return 0;
	err_set(err, "E0563", "`%s` is not a text: it holds NUL bytes", path);
	return err_field(err, "path");
}

static int
edit_text(struct job *job, const struct edit_params *p, struct str *text, struct str *out, struct err *err)
{
	struct matches m = {0};
	int r = 0;

	if (p->regex)
		r = find_regex(p, text, &m, err);
	else
		find_plain(text->s, p->find, &m);
	if (!r && (p->times ? m.n != (size_t)p->times : !m.n))
		r = wrong_count(p, text->s, &m, err);
	if (!r) {
		cleanup_str struct str lines = {0};

		apply(p, text, &m, out);
		add_lines(text->s, &m, &lines);
		job_note(job, "%s: line%s %s", p->path, m.n == 1 ? "" : "s", str_text(&lines));
	}
	free(m.v);
	return r;
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct edit_params *p = arg;
	cleanup_str struct str text = {0}, out = {0};
	const struct entry *e;
	bool crlf;

	if (read_text(job_below(job), p->path, &text, &e, err))
		return -1;
	crlf = crlf_is(&text);
	if (crlf) {
		job_note(job, "%s: lines end in CRLF, and stay so", p->path);
		crlf_take(&text);
	}
	if (edit_text(job, p, &text, &out, err))
		return -1;
	if (!p->already && out.len == text.len && !memcmp(str_text(&out), text.s, text.len)) {
		err_set(err, "E0562", "the edit of `%s` changes nothing", p->path);
		err_field(err, p->replace ? "replace" : p->before ? "before" : "after");
		return err_help(err, "what is put in equals what was found; take the step out");
	}
	if (crlf)
		crlf_put(&out);
	if (out.len == text.len && !crlf && !memcmp(str_text(&out), text.s, text.len)) {
		job_note(job, "%s: it is so already", p->path);
		return 0;
	}
	return layer_put(job_layer(job), e, str_text(&out), out.len, err);
}

const struct prim prim_edit = {
	.name = "edit",
	.doc = "Changes a text file at an anchor. The anchor must be there exactly `times` times, so that an edit that "
	       "was written for another version of the file fails instead of doing nothing, or something else. A step is "
	       "one edit of one file; several stand in a tree, one behind the other.",
	.params = params,
	.size = sizeof(struct edit_params),
	.version = 1,
	.flags = PRIM_ON | PRIM_NEEDS_ON,
	.example =
		"tree \"src\" {\n"
		"  untar { deb / \"usr/src/linux.tar.xz\", strip = 1 },\n"
		"  edit { \"drivers/misc/Makefile\", find = \"obj-$(CONFIG_KGDB)\", before = \"obj-m += hello.o\\n\" },\n"
		"}\n",
	.run = run,
	.check = check,
};
