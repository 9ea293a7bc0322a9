#include "data/patchfile.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/patch_reader.h"

static struct patch_text
line_at(const char *p, const char *end)
{
	struct patch_text t = {NULL, 0, false};
	const char *nl;

	if (p >= end)
		return t;
	nl = memchr(p, '\n', (size_t)(end - p));
	t.s = p;
	t.newline = nl != NULL;
	t.len = (size_t)((nl ? nl : end) - p);
	return t;
}

static struct patch_text
without_cr(struct patch_text t)
{
	if (t.len > 0 && t.s[t.len - 1] == '\r')
		t.len--;
	return t;
}

struct patch_text
patch_peek(const struct patch_reader *r)
{
	return without_cr(line_at(r->p, r->end));
}

struct patch_text
patch_peek2(const struct patch_reader *r)
{
	struct patch_text t = line_at(r->p, r->end);

	return without_cr(line_at(t.s ? t.s + t.len + t.newline : r->end, r->end));
}

void
patch_take(struct patch_reader *r)
{
	struct patch_text t = line_at(r->p, r->end);

	if (!t.s)
		return;
	r->p = t.s + t.len + t.newline;
	r->line++;
}

bool
patch_text_starts(struct patch_text t, const char *prefix)
{
	size_t n = strlen(prefix);

	return t.s && t.len >= n && !memcmp(t.s, prefix, n);
}

int
patch_fault(struct patch_reader *r, unsigned line, const char *code, const char *fmt, ...)
{
	struct str b = {0};
	va_list ap;

	va_start(ap, fmt);
	str_addv(&b, fmt, ap);
	va_end(ap);
	err_set(r->err, code, "patch `%s`: %s", path_base(r->name), str_text(&b));
	str_free(&b);
	return err_at(r->err, (struct place){.file = r->name, .line = line});
}

/* "12" or "12,3"; stops behind it. */
static bool
read_range(const char **p, const char *end, unsigned *start, unsigned *count)
{
	unsigned *out[2] = {start, count};

	*count = 1;
	for (int i = 0; i < 2; i++) {
		uint64_t v = 0;
		const char *from = *p;

		for (; *p < end && **p >= '0' && **p <= '9'; (*p)++) {
			v = v * 10 + (uint64_t)(**p - '0');
			if (v > INT32_MAX)
				return false;
		}
		if (*p == from)
			return false;
		*out[i] = (unsigned)v;
		if (i == 0 && (*p == end || **p != ','))
			return true;
		*p += i == 0;
	}
	return true;
}

static bool
read_hunk_header(struct patch_text t, struct patch_hunk *h)
{
	const char *p = t.s + 4, *end = t.s + t.len; /* behind "@@ -" */

	if (!read_range(&p, end, &h->old_start, &h->old_count))
		return false;
	if (end - p < 2 || p[0] != ' ' || p[1] != '+')
		return false;
	p += 2;
	if (!read_range(&p, end, &h->new_start, &h->new_count))
		return false;
	if (end - p < 3 || memcmp(p, " @@", 3))
		return false;
	return (h->old_start || !h->old_count) && (h->new_start || !h->new_count);
}

/* Takes "\ No newline at end of file" off the line before it; false when it is not there. */
static bool
take_no_newline(struct patch_reader *r, struct patch_line *last)
{
	struct patch_text t = patch_peek(r);

	if (!t.s || t.len < 2 || t.s[0] != '\\' || t.s[1] != ' ')
		return false;
	if (last && last->len > 0 && last->s[last->len - 1] == '\n') {
		last->len--;
		if (r->crlf && last->len > 0 && last->s[last->len - 1] == '\r')
			last->len--;
	}
	patch_take(r);
	return true;
}

static bool
side_ended(const struct patch_line *v, size_t n, char other)
{
	for (size_t i = n; i-- > 0;)
		if (v[i].op != other)
			return !v[i].len || v[i].s[v[i].len - 1] != '\n';
	return false;
}

/* Reads the lines that the header promises. */
static int
read_hunk_lines(struct patch_reader *r, struct patch_hunk *h)
{
	unsigned olds = 0, news = 0;
	size_t cap = 0;

	while (olds < h->old_count || news < h->new_count) {
		struct patch_text t = line_at(r->p, r->end);
		bool empty = t.s && (t.len == 0 || (t.len == 1 && *t.s == '\r'));
		char op = empty ? ' ' : t.s ? *t.s : 0;

		if (op == '\\' && h->n && take_no_newline(r, &h->v[h->n - 1]))
			continue;
		if ((op != ' ' && op != '-' && op != '+') || (op != '+' && olds == h->old_count) ||
		    (op != '-' && news == h->new_count))
			return patch_fault(r, t.s ? r->line : h->line, "E0501",
					   "the hunk at line %u promises %u old and %u new lines, but has %u and %u",
					   h->line, h->old_count, h->new_count, olds, news);
		if (!t.newline)
			return patch_fault(r, r->line, "E0501", "it ends in the middle of a line");
		if ((op != '+' && side_ended(h->v, h->n, '+')) || (op != '-' && side_ended(h->v, h->n, '-')))
			return patch_fault(r, r->line, "E0501", "a line follows the one that ends its file");
		GROW(h->v, h->n, cap);
		h->v[h->n++] = (struct patch_line){op, r->line, t.s + !empty, t.len + 1 - !empty};
		olds += op != '+';
		news += op != '-';
		patch_take(r);
	}
	if (h->n)
		take_no_newline(r, &h->v[h->n - 1]);
	return 0;
}

/* A line of a hunk right behind its end: the header counts too few. */
static int
check_hunk_end(struct patch_reader *r, const struct patch_hunk *h)
{
	struct patch_text t = patch_peek(r);
	bool signature = patch_text_starts(t, "--") && (t.len == 2 || (t.len == 3 && t.s[2] == ' '));

	if (!t.s || !t.len || !strchr(" +-", *t.s) || signature || patch_text_starts(t, "--- "))
		return 0;
	return patch_fault(r, r->line, "E0501",
			   "the hunk at line %u has more lines than its header promises "
			   "(%u old, %u new)",
			   h->line, h->old_count, h->new_count);
}

int
patch_read_hunks(struct patch_reader *r, struct patch_change *c)
{
	size_t cap = 0;
	int rc = 0;

	while (!rc && patch_text_starts(patch_peek(r), "@@ -")) {
		struct patch_hunk h = {.line = r->line};

		if (!read_hunk_header(patch_peek(r), &h)) {
			rc = patch_fault(r, r->line, "E0501", "the hunk header cannot be read");
			break;
		}
		patch_take(r);
		rc = read_hunk_lines(r, &h);
		if (h.n) {
			struct patch_line *heap = h.v;

			h.v = arena_memdup(r->a, heap, h.n * sizeof *heap);
			free(heap);
		}
		if (!rc)
			rc = check_hunk_end(r, &h);
		GROW(c->hunks, c->nhunks, cap);
		c->hunks[c->nhunks++] = h;
	}
	if (c->nhunks) {
		struct patch_hunk *heap = c->hunks;

		c->hunks = arena_memdup(r->a, heap, c->nhunks * sizeof *heap);
		free(heap);
	}
	return rc;
}

/* Forms of change that carry too little to be applied safely, by how their lines begin. */
static const struct {
	const char *start, *end, *what, *help;
} refused[] = {
	{"***************", "", "is a context diff", "make it again with diff -u, or with git diff"},
	{"@@@ ", "", "is a combined diff of a merge", "make it against one parent: git diff PARENT MERGE"},
	{"Binary files ", " differ", "names a binary file without its data", "make it with git diff --binary"},
	{"Only in ", "", "was made with diff -r but without -N, so a file is missing from it",
	 "make it again with diff -N, or delete the line when that file is not meant"},
	{"Content-Transfer-Encoding: base64", "", "is a mail in base64",
	 "let its name end in `.mbox`: then it is read as a mail"},
	{"Content-Transfer-Encoding: quoted-printable", "", "is a mail in quoted-printable",
	 "let its name end in `.mbox`: then it is read as a mail"},
};

static int
check_refused(struct patch_reader *r)
{
	struct patch_text t = patch_peek(r);

	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		size_t n = strlen(refused[i].end);

		if (!patch_text_starts(t, refused[i].start) || t.len < n || memcmp(t.s + t.len - n, refused[i].end, n))
			continue;
		patch_fault(r, r->line, "E0508", "it %s", refused[i].what);
		return err_help(r->err, "%s", refused[i].help);
	}
	if (patch_text_starts(t, "@@ -"))
		return patch_fault(r, r->line, "E0501", "a hunk stands where no file is named");
	return 0;
}

/* Takes what only names a binary file: its bytes are left out. */
static bool
left_out(struct patch_reader *r, struct patch_change *c)
{
	if (!r->lean || c->kind == PATCH_DELETE || !patch_text_starts(patch_peek(r), "Binary files "))
		return false;
	patch_take(r);
	r->left++;
	c->old_blob = c->new_blob = NULL; /* they are of those bytes */
	return true;
}

/* What patch(1) does without the bytes: it moves and gives modes; a new file would be empty, which -E takes away. */
static bool
says_more(const struct patch_change *c)
{
	return c->kind == PATCH_RENAME || c->kind == PATCH_COPY || (c->kind == PATCH_MODIFY && c->new_mode);
}

/* Reads one change, or skips one line of other text. 1: a change, 0: text, -1: a mistake. */
static int
read_change(struct patch_reader *r, struct patch_change *c)
{
	struct patch_text t = patch_peek(r);

	*c = (struct patch_change){.line = r->line};
	if (patch_text_starts(t, "diff --git ")) {
		if (patch_read_git(r, c))
			return -1;
		if (left_out(r, c))
			return says_more(c);
		return patch_read_hunks(r, c) ? -1 : 1;
	}
	if (patch_text_starts(t, "--- ") && patch_text_starts(patch_peek2(r), "+++ ")) {
		if (patch_read_plain(r, c) || patch_read_hunks(r, c))
			return -1;
		if (!c->nhunks)
			return patch_fault(r, c->line, "E0501", "a file is named, but no hunk follows");
		return 1;
	}
	if (check_refused(r))
		return -1;
	patch_take(r);
	return 0;
}

/* A plain diff from or to nothing is known by its only hunk. */
static void
settle_plain(struct patch_change *c)
{
	if (c->git || c->nhunks != 1 || c->kind != PATCH_MODIFY)
		return;
	c->maybe_new = !c->hunks[0].old_count && !c->hunks[0].old_start;
}

static int
check_change(struct patch_reader *r, const struct patch_change *c)
{
	const struct patch_hunk *h = c->hunks;

	if (c->binary && c->nhunks)
		return patch_fault(r, c->line, "E0501", "a binary change has text hunks as well");
	if (c->kind == PATCH_CREATE && (c->nhunks > 1 || (c->nhunks && h->old_count)))
		return patch_fault(r, h->line, "E0501", "a new file has old lines");
	if (c->kind == PATCH_DELETE && (c->nhunks > 1 || (c->nhunks && h->new_count)))
		return patch_fault(r, h->line, "E0501", "a deleted file has new lines");
	return 0;
}

static int
no_change(struct patch_reader *r, const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && text[i] >= '0' && text[i] <= '9')
		i++;
	if (i && i < len && strchr("acd,", text[i])) {
		patch_fault(r, 1, "E0508", "it is an ed script or a plain diff without context");
		return err_help(r->err, "make it again with diff -u, or with git diff");
	}
	patch_fault(r, 0, "E0507", len ? "it holds no diff" : "it is empty");
	return err_help(r->err, "take it out of the list, or put the lost diff back");
}

static int
parse(struct patch_reader *r, const char *text, size_t len, struct patchfile *out)
{
	struct patch_change c;
	struct patch_change *v cleanup_free = NULL;
	size_t cap = 0;
	int rc = 0;

	*out = (struct patchfile){.name = r->name, .called = path_base(r->name)};
	while (rc >= 0 && r->p < r->end) {
		rc = read_change(r, &c);
		if (rc <= 0)
			continue;
		settle_plain(&c);
		if (check_change(r, &c))
			return -1;
		GROW(v, out->n, cap);
		v[out->n++] = c;
	}
	if (rc < 0)
		return -1;
	out->left = r->left;
	if (!out->n)
		return no_change(r, text, len);
	out->v = arena_memdup(r->a, v, out->n * sizeof *v);
	out->crlf = r->crlf;
	return 0;
}

int
patchfile_parse_at(const char *name, unsigned line, const char *text, size_t len, struct arena *a,
		   struct patchfile *out, struct err *err)
{
	struct patch_reader r = {.name = name, .p = text, .end = text + len, .line = line, .a = a, .err = err};

	return parse(&r, text, len, out);
}

int
patchfile_parse(const char *name, const char *text, size_t len, struct arena *a, struct patchfile *out, struct err *err)
{
	return patchfile_parse_at(name, 1, text, len, a, out, err);
}

int
patchfile_parse_lean(const char *name, const char *text, size_t len, struct arena *a, struct patchfile *out,
		     struct err *err)
{
	struct patch_reader r = {
		.name = name, .p = text, .end = text + len, .line = 1, .a = a, .err = err, .lean = true};

	return parse(&r, text, len, out);
}
