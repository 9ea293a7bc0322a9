#include "data/dsc.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/debian.h"

#define CODE "E0412"
enum { FILES_MAX = 1000 };

struct reading {
	const char *name;
	struct arena *a;
	struct dsc *out;
	char *text, *rest;
	unsigned line;
	const char *format, *field; /* the field that lines belong to */
	size_t cap;
	struct err *err;
};

static int
wrong(struct reading *r, const char *sentence)
{
	err_set(r->err, CODE, "`%s` %s", path_base(r->name), sentence);
	return err_at(r->err, (struct place){.file = r->name, .line = r->line});
}

#define WRONG(r, ...) wrong((r), arena_printf((r)->a, __VA_ARGS__))

/* Lines */

static char *
next_line(struct reading *r)
{
	char *s = strsep(&r->rest, "\n");
	size_t n = s ? strlen(s) : 0;

	r->line += s != NULL;
	while (n && strchr(" \t\r", s[n - 1]))
		s[--n] = '\0';
	return s;
}

/* The first line of the stanza, behind the head of a signature where there is one. */
static char *
first_line(struct reading *r)
{
	char *s = next_line(r);

	while (s && !*s)
		s = next_line(r);
	if (!s || strcmp(s, "-----BEGIN PGP SIGNED MESSAGE-----"))
		return s;
	while (s && *s)
		s = next_line(r);
	return next_line(r);
}

/* Fields */

static int
set_once(struct reading *r, const char **slot, char *value)
{
	if (*slot)
		return WRONG(r, "says `%s` twice", r->field);
	value += strspn(value, " \t");
	*slot = value;
	return 0;
}

static int
read_field(struct reading *r, char *s)
{
	char *colon = strchr(s, ':');
	const struct {
		const char *name;
		const char **slot;
	} fields[] = {{"Format", &r->format}, {"Source", &r->out->source}, {"Version", &r->out->version}};

	if (!colon || colon == s)
		return WRONG(r, "is no description of a Debian source package: a line is no `Field: value`");
	*colon = '\0';
	r->field = s;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (!strcmp(s, fields[i].name))
			return set_once(r, fields[i].slot, colon + 1);
	return 0;
}

/* Names that are safe in a folder, and are a source package's. */
static bool
name_ok(const char *s)
{
	return *s && *s != '.' && *s != '-' && strlen(s) < 256 &&
	       !s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.+-~_%")];
}

/* Reads "SHA256 SIZE NAME". */
static int
read_file(struct reading *r, char *s)
{
	struct dsc_file f = {0};
	char *save = NULL, *size, *end;
	struct hash h;

	f.sha256 = strtok_r(s, " \t", &save);
	size = strtok_r(NULL, " \t", &save);
	f.name = strtok_r(NULL, " \t", &save);
	if (!f.name || strtok_r(NULL, " \t", &save) || hash_parse(&h, f.sha256) || strlen(size) > 15)
		return WRONG(r, "has a line of `Checksums-Sha256` that is no hash, size and name");
	f.size = strtoull(size, &end, 10);
	if (*end || *size == '-' || *size == '+')
		return WRONG(r, "has a line of `Checksums-Sha256` that is no hash, size and name");
	if (!name_ok(f.name))
		return WRONG(r, "lists a file under a name that is refused");
	for (size_t i = 0; i < r->out->n; i++)
		if (!strcmp(r->out->v[i].name, f.name))
			return WRONG(r, "lists `%s` twice", f.name);
	if (r->out->n == FILES_MAX)
		return WRONG(r, "lists more than %d files", FILES_MAX);
	f.sha256 = arena_strdup(r->a, hash_hex(&h, (char[HASH_HEX]){0}));
	r->out->size += f.size;
	GROW(r->out->v, r->out->n, r->cap);
	r->out->v[r->out->n++] = f;
	return 0;
}

static int
read_stanza(struct reading *r)
{
	int rc = 0;

	for (char *s = first_line(r); s && *s && !rc; s = next_line(r)) {
		if (!strncmp(s, "-----", 5))
			break;
		if (*s != ' ' && *s != '\t')
			rc = read_field(r, str_starts(s, "- ") ? s + 2 : s);
		else if (!r->field)
			rc = WRONG(r,
				   "is no description of a Debian source package: it begins in the middle of a field");
		else if (!strcmp(r->field, "Checksums-Sha256"))
			rc = read_file(r, s);
	}
	r->line = 0;
	return rc;
}

/* What it means */

static const struct {
	const char *text;
	enum dsc_format format;
} formats[] = {{"1.0", DSC_1}, {"3.0 (native)", DSC_NATIVE}, {"3.0 (quilt)", DSC_QUILT}};

static int
read_format(struct reading *r)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (!strcmp(r->format, formats[i].text)) {
			r->out->format = formats[i].format;
			return 0;
		}
	WRONG(r, "has the format `%.40s`, which jkr does not unpack", r->format);
	return err_help(r->err, "it unpacks 1.0, 3.0 (native) and 3.0 (quilt)");
}

/* The name up to ".tar.gz" or the like, NULL where it is another. */
static char *
tar_stem(struct reading *r, const char *name)
{
	static const char *const ends[] = {".tar.gz", ".tar.xz", ".tar.bz2", ".tar.lzma"};

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (str_ends(name, ends[i]))
			return arena_strndup(r->a, name, strlen(name) - strlen(ends[i]));
	return NULL;
}

static bool
component_ok(const char *s)
{
	return *s && *s != '-' && !s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")];
}

/* Which part of the package a file is, by its name. */
static int
read_part(struct reading *r, struct dsc_file *f)
{
	char *stem = tar_stem(r, f->name), *orig = stem ? strstr(stem, ".orig-") : NULL;

	f->part = DSC_ORIG;
	if (str_ends(f->name, ".asc")) {
		f->part = DSC_SIGNATURE;
	} else if (str_ends(f->name, ".diff.gz")) {
		f->part = DSC_DIFF;
	} else if (!stem) {
		return WRONG(r, "lists `%s`, which is no part of a source package that jkr knows", f->name);
	} else if (orig) {
		f->part = DSC_COMPONENT;
		f->component = orig + strlen(".orig-");
		if (!component_ok(f->component))
			return WRONG(r, "lists `%s`, whose component is no name", f->name);
	} else if (str_ends(stem, ".debian")) {
		f->part = DSC_DEBIAN;
	}
	return 0;
}

/* How many of each part a format has: at least, at most. */
static const struct {
	const char *what;
	size_t least[3], most[3]; /* by format */
} counts[] = {
	[DSC_ORIG] = {"archive of the source", {1, 1, 1}, {1, 1, 1}},
	[DSC_COMPONENT] = {"archive of a component", {0, 0, 0}, {0, 0, FILES_MAX}},
	[DSC_DEBIAN] = {"archive of the folder debian", {0, 0, 1}, {0, 0, 1}},
	[DSC_DIFF] = {"diff", {0, 0, 0}, {1, 0, 0}},
	[DSC_SIGNATURE] = {"signature", {0, 0, 0}, {FILES_MAX, FILES_MAX, FILES_MAX}},
};

static int
by_part(const void *x, const void *y)
{
	const struct dsc_file *a = x, *b = y;

	return a->part != b->part ? (a->part > b->part) - (a->part < b->part) : strcmp(a->name, b->name);
}

static int
read_parts(struct reading *r)
{
	size_t have[ARRAY_LEN(counts)] = {0};

	for (size_t i = 0; i < r->out->n; i++) {
		if (read_part(r, &r->out->v[i]))
			return -1;
		have[r->out->v[i].part]++;
	}
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		if (have[i] < counts[i].least[r->out->format] || have[i] > counts[i].most[r->out->format])
			return WRONG(r, "lists %zu files that are each the %s, and %s has %s", have[i], counts[i].what,
				     r->format, counts[i].most[r->out->format] ? "one" : "none");
	if (r->out->n)
		qsort(r->out->v, r->out->n, sizeof *r->out->v, by_part);
	return 0;
}

static int
read_all(struct reading *r)
{
	if (read_stanza(r))
		return -1;
	if (!r->format || !r->out->source || !r->out->version)
		return WRONG(r, "is no description of a Debian source package: it does not say `%s`",
			     !r->format        ? "Format"
			     : !r->out->source ? "Source"
					       : "Version");
	if (!debian_name_ok(r->out->source) || !debian_version_ok(r->out->version))
		return WRONG(r, "has a name or a version that no Debian package has");
	if (!r->out->n)
		return WRONG(r, "has no `Checksums-Sha256`: what it lists cannot be verified");
	return read_format(r) ? -1 : read_parts(r);
}

int
dsc_parse(const char *name, const char *text, size_t len, struct arena *a, struct dsc *out, struct err *err)
{
	struct reading r = {.name = name, .a = a, .out = out, .err = err};
	struct dsc_file *heap;
	int rc;

	*out = (struct dsc){0};
	r.text = r.rest = arena_strndup(a, text, len);
	if (memchr(text, '\0', len))
		return WRONG(&r, "is no text");
	rc = read_all(&r);
	heap = out->v;
	if (heap)
		out->v = arena_memdup(a, heap, out->n * sizeof *heap);
	free(heap);
	return rc;
}
