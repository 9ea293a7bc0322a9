#include "data/dts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/* The text being read, and the place that the line markers give it. */
struct reader {
	const char *p;
	const char *file;
	size_t nfile;
	unsigned long line;
	bool fresh; /* at the start of a line */
};

enum piece { END, CHARACTER, STRING };

/* "# 12 "file" 2" or "#line 12 "file"": the line after it is number 12 of that file. */
static bool
marker(const char *p, unsigned long *line, const char **file, size_t *nfile)
{
	char *end;

	if (*p++ != '#')
		return false;
	p += strspn(p, " \t");
	if (str_starts(p, "line"))
		p += 4;
	p += strspn(p, " \t");
	if (!isdigit((unsigned char)*p))
		return false;
	*line = strtoul(p, &end, 10);
	p = end + strspn(end, " \t");
	*nfile = 0;
	if (*p == '"') {
		*file = p + 1;
		*nfile = strcspn(p + 1, "\"\n");
	}
	return true;
}

/* Steps over comments and markers; gives the next piece, r->p at its first byte. */
static enum piece
next(struct reader *r)
{
	unsigned long line;
	const char *file;
	size_t n;

	while (*r->p) {
		if (r->fresh && marker(r->p + strspn(r->p, " \t"), &line, &file, &n)) {
			r->line = line - 1;
			if (n) {
				r->file = file;
				r->nfile = n;
			}
			r->p += strcspn(r->p, "\n");
		} else if (r->p[0] == '/' && r->p[1] == '*') {
			for (r->p += 2; *r->p && !(r->p[0] == '*' && r->p[1] == '/'); r->p++)
				r->line += *r->p == '\n';
			r->p += *r->p ? 2 : 0;
		} else if (r->p[0] == '/' && r->p[1] == '/') {
			r->p += strcspn(r->p, "\n");
		} else {
			r->fresh = *r->p == '\n';
			r->line += r->fresh;
			return *r->p == '"' || *r->p == '\'' ? STRING : CHARACTER;
		}
	}
	return END;
}

/* Steps over the piece that next() gave. */
static void
skip(struct reader *r, enum piece kind)
{
	char quote = *r->p++;

	if (kind != STRING)
		return;
	while (*r->p && *r->p != quote) {
		r->p += *r->p == '\\' && r->p[1];
		r->line += *r->p == '\n';
		r->p++;
	}
	r->p += *r->p != 0;
}

const char *
dts_shown(const char *path)
{
	const char *p;

	if (!str_starts(path, DTS_MOUNTS))
		return path;
	p = strchr(path + strlen(DTS_MOUNTS), '/');
	return p && p[1] ? p + 1 : path;
}

static const char *
here(const struct reader *r, struct arena *a)
{
	return arena_printf(a, "%s:%lu", dts_shown(arena_strndup(a, r->file, r->nfile)), r->line);
}

static struct reader
reader_of(const char *text, const char *file)
{
	return (struct reader){text, file, strlen(file), 1, true};
}

static int
refuse_include(const char *path, const char *where, struct err *err)
{
	err_set(err, "E0603", "`#include` of `%s` (%s) leaves the folders of `include`", path, where);
	return err_help(err, "put the file into a folder of `include`, and name it as seen from there");
}

/* An absolute name: of a device, cpp would read for ever. */
static int
check_include(const char *p, const char *shown, unsigned long line, struct err *err)
{
	cleanup_arena struct arena a = {0};

	if (*p++ != '#')
		return 0;
	p += strspn(p, " \t");
	if (!str_starts(p, "include"))
		return 0;
	p += strlen("include");
	p += str_starts(p, "_next") ? 5 : 0;
	p += strspn(p, " \t");
	if ((*p != '"' && *p != '<') || p[1] != '/')
		return 0;
	return refuse_include(arena_strndup(&a, p + 1, strcspn(p + 1, "\">\n")),
			      arena_printf(&a, "%s:%lu", shown, line), err);
}

/* The file that a marker of cpp names: the source itself, one of cpp's own, or one of a declared folder. */
static int
check_entered(const char *file, size_t n, const struct dts_known *known, struct err *err)
{
	cleanup_arena struct arena a = {0};
	char *path = arena_strndup(&a, file, n), *clean = arena_strdup(&a, path + (*path == '/'));
	bool absolute = *path == '/' && !path_clean(clean);

	if (*path == '<' || !strcmp(path, known->source) || (absolute && str_starts(clean, &DTS_MOUNTS[1])))
		return 0;
	for (size_t i = 0; absolute && i < known->n; i++)
		if (path_within(clean, known->folders[i] + 1))
			return 0;
	return refuse_include(path, known->source, err);
}

int
dts_check_source(const char *text, size_t n, const char *shown, struct err *err)
{
	unsigned long line, at = 1;
	const char *file;
	size_t nfile;

	if (strlen(text) != n)
		return err_set(err, "E0603", "`%s` holds a NUL byte, so it is no device tree source", shown);
	for (const char *p = text; p; p = strchr(p, '\n'), p = p ? p + 1 : NULL, at++)
		if (marker(p + strspn(p, " \t"), &line, &file, &nfile)) {
			err_set(err, "E0603", "`%s:%lu` holds a line marker, which makes messages name another place",
				shown, at);
			return err_help(err, "take the `#line` out: cpp writes them where they belong");
		} else if (check_include(p + strspn(p, " \t"), shown, at, err)) {
			return -1;
		}
	return 0;
}

/* /incbin/ ("file" …): the file must be one that the declared folders hold. */
static int
check_incbin(const struct reader *r, struct arena *a, struct err *err)
{
	const char *p = r->p + strlen("/incbin/");
	char *path, *clean;

	p += strspn(p, " \t\r\n(");
	if (*p != '"')
		return 0; /* dtc says what is wrong */
	path = arena_strndup(a, p + 1, strcspn(p + 1, "\"\n"));
	clean = arena_strdup(a, path);
	if (!path_clean(clean) && !strchr(path, '\\'))
		return 0;
	err_set(err, "E0603", "`/incbin/` of `%s` (%s) leaves the folders of `include`", path, here(r, a));
	return err_help(err, "put the file into a folder of `include`, and name it as seen from there");
}

static int
check_markers(const char *text, const struct dts_known *known, struct err *err)
{
	unsigned long line;
	const char *file;
	size_t n;

	for (const char *p = text; p; p = strchr(p, '\n'), p = p ? p + 1 : NULL)
		if (marker(p, &line, &file, &n) && n && check_entered(file, n, known, err))
			return -1;
	return 0;
}

int
dts_check_expanded(const char *text, const struct dts_known *known, bool *plugin, struct err *err)
{
	cleanup_arena struct arena a = {0};
	struct reader r = reader_of(text, "?");
	enum piece kind;

	*plugin = false;
	if (check_markers(text, known, err))
		return -1;
	for (; (kind = next(&r)) != END; skip(&r, kind)) {
		if (*r.p != '/')
			continue;
		if (str_starts(r.p, "/plugin/"))
			*plugin = true;
		if (str_starts(r.p, "/incbin/") && check_incbin(&r, &a, err))
			return -1;
		if (str_starts(r.p, "/include/")) {
			err_set(err, "E0603", "`/include/` (%s) is refused: it can read any file of the machine",
				here(&r, &a));
			return err_help(err, "write #include, with the file in a folder of `include`");
		}
	}
	return 0;
}

static bool
refers(const char *p, const char *reference)
{
	size_t n = strlen(reference);

	if (*reference == '/' && *p == '"') /* a target-path */
		return !strncmp(p + 1, reference, n) && p[1 + n] == '"';
	if (*p++ != '&')
		return false;
	if (*reference == '/')
		return *p == '{' && !strncmp(p + 1, reference, n) && p[1 + n] == '}';
	return !strncmp(p, reference, n) && !isalnum((unsigned char)p[n]) && p[n] != '_';
}

const char *
dts_where(const char *text, const char *reference, struct arena *a)
{
	struct reader r = reader_of(text, "?");
	enum piece kind;

	for (; (kind = next(&r)) != END; skip(&r, kind))
		if (refers(r.p, reference))
			return here(&r, a);
	return NULL;
}
