#include "data/checklist.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"

static int
bad_line(const char *shown, unsigned line, const char *why, struct err *err)
{
	err_set(err, "E1205", "`%s` is not a list of checksums: %s", shown, why);
	return err_at(err, (struct place){.file = shown, .line = line});
}

/* What sha256sum escapes: newline, carriage return, backslash. */
static bool
unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (*s != '\\') {
			*to++ = *s;
			continue;
		}
		s++;
		if (*s != 'n' && *s != 'r' && *s != '\\')
			return false;
		*to++ = *s == 'n' ? '\n' : *s == 'r' ? '\r' : '\\';
	}
	*to = '\0';
	return true;
}

/* NULL, or why the line is none. */
static const char *
parse_line(char *s, struct check_line *out)
{
	bool escaped = *s == '\\';
	size_t n;

	s += escaped;
	n = strspn(s, "0123456789abcdefABCDEF");
	if (n != HASH_SIZE * 2 || s[n] != ' ' || (s[n + 1] != ' ' && s[n + 1] != '*') || !s[n + 2])
		return "a line is a SHA-256, two blanks and a path";
	s[n] = '\0';
	hash_parse(&out->hash, s);
	s += n + 2;
	if (escaped && !unescape(s))
		return "an escape is none of \\n, \\r and \\\\";
	if (path_clean(s) < 0 || !*s)
		return "a path is absolute, leaves the folder or holds control bytes";
	out->path = s;
	return NULL;
}

static int
by_path(const void *a, const void *b)
{
	return path_cmp(((const struct check_line *)a)->path, ((const struct check_line *)b)->path);
}

int
checklist_parse(const char *text, size_t len, const char *shown, struct arena *a, struct checklist *out,
		struct err *err)
{
	char *copy = arena_strndup(a, text, len);
	size_t lines = 1;
	unsigned line = 1;

	if (strlen(copy) != len)
		return bad_line(shown, 0, "it holds a NUL", err);
	for (const char *s = copy; (s = strchr(s, '\n')); s++)
		lines++;
	*out = (struct checklist){.v = arena_array(a, struct check_line, lines)};
	for (char *s = copy, *end; *s; s = end, line++) {
		const char *why;

		end = s + strcspn(s, "\n");
		if (*end)
			*end++ = '\0';
		why = parse_line(s, &out->v[out->n++]);
		if (why)
			return bad_line(shown, line, why, err);
	}
	if (!out->n)
		return bad_line(shown, 0, "it is empty", err);
	qsort(out->v, out->n, sizeof *out->v, by_path);
	for (size_t i = 1; i < out->n; i++)
		if (!strcmp(out->v[i - 1].path, out->v[i].path))
			return bad_line(shown, 0, arena_printf(a, "it names `%s` twice", out->v[i].path), err);
	return 0;
}

void
checklist_add(struct str *out, const struct hash *hash, const char *path)
{
	char hex[HASH_HEX];

	if (strpbrk(path, "\n\r\\"))
		str_addc(out, '\\');
	str_addf(out, "%s  ", hash_hex(hash, hex));
	for (const char *s = path; *s; s++)
		switch (*s) {
		case '\n': str_add(out, "\\n"); break;
		case '\r': str_add(out, "\\r"); break;
		case '\\': str_add(out, "\\\\"); break;
		default: str_addc(out, *s);
		}
	str_addc(out, '\n');
}

const struct check_line *
checklist_find(const struct checklist *l, const char *path)
{
	struct check_line key = {.path = path};

	return l->n ? bsearch(&key, l->v, l->n, sizeof key, by_path) : NULL;
}
