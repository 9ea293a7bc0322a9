/* patch_header: the lines of a patch that say which file is changed and how. */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/patch_reader.h"

/* One byte of a name that git wrote in quotes; `p` stands behind the backslash. -1: not one. */
static int
unescape(const char **p, const char *end)
{
	static const char from[] = "abtnvfr\"\\", to[] = "\a\b\t\n\v\f\r\"\\";
	const char *at;
	int v = 0;

	if (*p < end && **p && (at = strchr(from, **p))) {
		(*p)++;
		return (unsigned char)to[at - from];
	}
	for (int i = 0; i < 3; i++, (*p)++) {
		if (*p == end || **p < '0' || **p > '7')
			return -1;
		v = v * 8 + (**p - '0');
	}
	return v > 0 && v < 256 ? v : -1;
}

/* A name in quotes at `p`; gives NULL when it is not one. `stop` is set behind the closing quote. */
static const char *
read_quoted(struct arena *a, const char *p, const char *end, const char **stop)
{
	struct str cleanup_str b = {0};

	for (p++; p < end && *p != '"';) {
		int c = (unsigned char)*p++;

		if (c == '\\')
			c = unescape(&p, end);
		if (c <= 0)
			return NULL;
		str_addc(&b, (char)c);
	}
	if (p == end)
		return NULL;
	*stop = p + 1;
	return arena_strdup(a, str_text(&b));
}

/* The name in a header line after `skip` bytes; a tab begins what is not name. NULL: not readable. */
static const char *
read_name(struct patch_reader *r, struct patch_text t, size_t skip, const char **rest)
{
	const char *p = t.s + skip, *end = t.s + t.len, *stop = end;

	if (p < end && *p == '"') {
		const char *s = read_quoted(r->a, p, end, &stop);

		*rest = stop;
		return s;
	}
	stop = memchr(p, '\t', (size_t)(end - p));
	*rest = stop ? stop : end;
	if (*rest == p || memchr(p, '\0', (size_t)(*rest - p)))
		return NULL;
	return arena_strndup(r->a, p, (size_t)(*rest - p));
}

static const char *
below_first(const char *p, const char *end)
{
	const char *slash = memchr(p, '/', (size_t)(end - p));

	return slash ? slash + 1 : p;
}

/* "a/x b/x" without quotes: the blank that leaves two equal names is the one between them. */
static bool
split_names(struct patch_reader *r, const char *p, const char *end, struct patch_change *c)
{
	for (const char *q = p; (q = memchr(q, ' ', (size_t)(end - q))); q++) {
		const char *x = below_first(p, q), *y = below_first(q + 1, end);
		bool bare = q - p == end - q - 1 && !memcmp(p, q + 1, (size_t)(q - p));

		if (!bare && (q - x != end - y || x == q || memcmp(x, y, (size_t)(q - x))))
			continue;
		c->old_path = arena_strndup(r->a, p, (size_t)(q - p));
		c->new_path = arena_strndup(r->a, q + 1, (size_t)(end - q - 1));
		return true;
	}
	return false;
}

/* Takes the names from "diff --git a/x b/x"; a rename says them again. */
static void
names_of_git_line(struct patch_reader *r, struct patch_text t, struct patch_change *c)
{
	const char *p = t.s + strlen("diff --git "), *end = t.s + t.len, *stop;

	if (memchr(p, '\0', (size_t)(end - p)))
		return;
	if (p < end && *p == '"') {
		c->old_path = read_quoted(r->a, p, end, &stop);
		if (c->old_path && stop < end && *stop == ' ')
			c->new_path = stop + 1 < end && stop[1] == '"'
					      ? read_quoted(r->a, stop + 1, end, &stop)
					      : arena_strndup(r->a, stop + 1, (size_t)(end - stop - 1));
		return;
	}
	split_names(r, p, end, c);
}

static int
read_mode(struct patch_reader *r, struct patch_text t, size_t skip, unsigned *mode)
{
	unsigned v = 0;

	if (t.len - skip != 6)
		return patch_fault(r, r->line, "E0501", "the file mode cannot be read");
	for (size_t i = skip; i < t.len; i++) {
		if (t.s[i] < '0' || t.s[i] > '7')
			return patch_fault(r, r->line, "E0501", "the file mode cannot be read");
		v = v * 8 + (unsigned)(t.s[i] - '0');
	}
	if (v != 0100644 && v != 0100755 && v != 0120000)
		return patch_fault(r, r->line, "E0505",
				   "mode %.*s is none that a patch may give (100644, 100755, 120000)",
				   (int)(t.len - skip), t.s + skip);
	*mode = v;
	return 0;
}

enum header { H_OLD_MODE, H_NEW_MODE, H_NEW, H_DELETED, H_FROM, H_TO, H_COPY_FROM, H_COPY_TO, H_INDEX, H_OTHER };

static const struct {
	const char *start;
	enum header what;
} headers[] = {
	{"old mode ", H_OLD_MODE},         {"new mode ", H_NEW_MODE},         {"new file mode ", H_NEW},
	{"deleted file mode ", H_DELETED}, {"rename from ", H_FROM},          {"rename to ", H_TO},
	{"copy from ", H_COPY_FROM},       {"copy to ", H_COPY_TO},           {"index ", H_INDEX},
	{"similarity index ", H_OTHER},    {"dissimilarity index ", H_OTHER},
};

/* Names after "rename from" bear no a/ and b/; they are given one, so that -p counts alike. */
static int
read_moved(struct patch_reader *r, struct patch_text t, size_t skip, bool bare, const char *prefix, const char **out)
{
	const char *rest, *s = read_name(r, t, skip, &rest);

	if (!s)
		return patch_fault(r, r->line, "E0501", "the file name cannot be read");
	*out = bare ? s : arena_printf(r->a, "%s%s", prefix, s);
	return 0;
}

static bool
is_hex(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strchr("0123456789abcdef", s[i]) || !s[i])
			return false;
	return true;
}

/* "index OLD..NEW", kept where both names are whole. */
static void
read_index(struct patch_reader *r, struct patch_text t, struct patch_change *c)
{
	const char *old = t.s + 6, *new = old + 42;

	if (t.len < 88 || !is_hex(old, 40) || memcmp(old + 40, "..", 2) || !is_hex(new, 40) ||
	    (t.len > 88 && new[40] != ' '))
		return;
	c->old_blob = arena_strndup(r->a, old, 40);
	c->new_blob = arena_strndup(r->a, new, 40);
}

static int
read_header(struct patch_reader *r, size_t i, bool bare, struct patch_change *c)
{
	struct patch_text t = patch_peek(r);
	size_t skip = strlen(headers[i].start);

	switch (headers[i].what) {
	case H_OLD_MODE: return read_mode(r, t, skip, &c->old_mode);
	case H_NEW_MODE: return read_mode(r, t, skip, &c->new_mode);
	case H_NEW: c->kind = PATCH_CREATE; return read_mode(r, t, skip, &c->new_mode);
	case H_DELETED: c->kind = PATCH_DELETE; return read_mode(r, t, skip, &c->old_mode);
	case H_FROM:
	case H_COPY_FROM:
		c->kind = headers[i].what == H_FROM ? PATCH_RENAME : PATCH_COPY;
		return read_moved(r, t, skip, bare, "a/", &c->old_path);
	case H_TO:
	case H_COPY_TO: return read_moved(r, t, skip, bare, "b/", &c->new_path);
	case H_INDEX:
		c->link = t.len > 7 && !memcmp(t.s + t.len - 7, " 120000", 7);
		read_index(r, t, c);
		return 0;
	default: return 0;
	}
}

/* "rename from x" beside "diff --git x y": made with --no-prefix. */
static bool
names_are_bare(const struct patch_text *line, struct patch_reader r)
{
	for (struct patch_text t; (t = patch_peek(&r)).s && !patch_text_starts(t, "diff "); patch_take(&r)) {
		size_t skip = patch_text_starts(t, "rename from ") ? 12 : patch_text_starts(t, "copy from ") ? 10 : 0;
		size_t at = strlen("diff --git ");

		if (skip)
			return line->len > at + t.len - skip && !memcmp(line->s + at, t.s + skip, t.len - skip) &&
			       line->s[at + t.len - skip] == ' ';
		if (patch_text_starts(t, "@@ -") || patch_text_starts(t, "--- "))
			break;
	}
	return false;
}

static int
read_headers(struct patch_reader *r, bool bare, struct patch_change *c)
{
	for (;;) {
		struct patch_text t = patch_peek(r);
		size_t i = 0;

		while (i < ARRAY_LEN(headers) && !patch_text_starts(t, headers[i].start))
			i++;
		if (i == ARRAY_LEN(headers))
			return 0;
		if (read_header(r, i, bare, c))
			return -1;
		patch_take(r);
	}
}

static bool
is_null(const char *path)
{
	return !strcmp(path, "/dev/null");
}

/* "---" or "+++"; `epoch` tells a time stamp of 1970, which diff -N gives to a file that is not there. */
static int
read_side(struct patch_reader *r, const char **path, bool *epoch)
{
	struct patch_text t = patch_peek(r);
	const char *rest, *s = read_name(r, t, 4, &rest);

	if (!s)
		return patch_fault(r, r->line, "E0501", "the file name cannot be read");
	if (r->p + t.len < r->end && r->p[t.len] == '\r')
		r->crlf = true;
	*epoch = rest + 5 < t.s + t.len && (!memcmp(rest, "\t1970-", 6) || !memcmp(rest, "\t1969-", 6));
	*path = s;
	patch_take(r);
	return 0;
}

static int
read_sides(struct patch_reader *r, struct patch_change *c)
{
	bool old_epoch, new_epoch, old_none, new_none;
	const char *old, *new;

	if (read_side(r, &old, &old_epoch) || read_side(r, &new, &new_epoch))
		return -1;
	old_none = is_null(old);
	new_none = is_null(new);
	if (old_none && new_none)
		return patch_fault(r, c->line, "E0501", "both sides are /dev/null");
	/* where the other side is none, or of 1970 as well, the time is a real file's: trees are made with such */
	if (!c->git && !old_none && !new_none && old_epoch != new_epoch) {
		old_none = old_epoch;
		new_none = new_epoch;
	}
	c->old_path = old_none ? NULL : old;
	c->new_path = new_none ? NULL : new;
	if (!c->old_path)
		c->kind = PATCH_CREATE;
	else if (!c->new_path)
		c->kind = PATCH_DELETE;
	return 0;
}

int
patch_read_plain(struct patch_reader *r, struct patch_change *c)
{
	return read_sides(r, c);
}

/* The names of "---" and "+++" must be those of the git line, or a hunk would land elsewhere. */
static int
check_git_names(struct patch_reader *r, const struct patch_change *git, const struct patch_change *c)
{
	if ((git->kind == PATCH_CREATE) != !c->old_path || (git->kind == PATCH_DELETE) != !c->new_path)
		return patch_fault(r, c->line, "E0501",
				   "its header and its `---` and `+++` lines disagree on what is new or gone");
	/* `git diff --submodule=diff` counts a moved file's names from the submodule's folder; patch(1) never reads
	 * them */
	if (r->lean && (git->kind == PATCH_RENAME || git->kind == PATCH_COPY))
		return 0;
	if ((git->old_path && c->old_path && strcmp(git->old_path, c->old_path)) ||
	    (git->new_path && c->new_path && strcmp(git->new_path, c->new_path)))
		return patch_fault(r, c->line, "E0501",
				   "its header and its `---` and `+++` lines name different files");
	return 0;
}

static int
finish_git(struct patch_reader *r, struct patch_change *c)
{
	if (c->kind == PATCH_CREATE)
		c->old_path = NULL;
	if (c->kind == PATCH_DELETE)
		c->new_path = NULL;
	if ((!c->old_path && c->kind != PATCH_CREATE) || (!c->new_path && c->kind != PATCH_DELETE))
		return patch_fault(r, c->line, "E0501", "the file names cannot be read");
	return 0;
}

int
patch_read_git(struct patch_reader *r, struct patch_change *c)
{
	struct patch_text line = patch_peek(r);
	struct patch_change git;

	c->git = true;
	names_of_git_line(r, line, c);
	if (r->p + line.len < r->end && r->p[line.len] == '\r')
		r->crlf = true;
	patch_take(r);
	if (read_headers(r, names_are_bare(&line, *r), c))
		return -1;
	if (patch_text_starts(patch_peek(r), "GIT binary patch")) {
		c->binary = true;
		if (!c->old_blob)
			return patch_fault(r, r->line, "E0508",
					   "the binary change has no full `index` line to prove it by");
		patch_take(r);
		if (patch_read_blob(r, &c->to_new))
			return -1;
		if (patch_text_starts(patch_peek(r), "literal ") || patch_text_starts(patch_peek(r), "delta "))
			if (patch_read_blob(r, &c->to_old))
				return -1;
		return finish_git(r, c);
	}
	if (!patch_text_starts(patch_peek(r), "--- "))
		return finish_git(r, c);
	if (!patch_text_starts(patch_peek2(r), "+++ "))
		return finish_git(r, c);
	git = *c;
	if (read_sides(r, c) || check_git_names(r, &git, c))
		return -1;
	return finish_git(r, c);
}
