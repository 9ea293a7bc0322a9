/* patch_series: the list of patches that quilt keeps. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/patchfile.h"

static int
fault(struct err *err, const char *name, unsigned line, const char *what, const char *word)
{
	err_set(err, "E0509", "series `%s`: %s `%s`", path_base(name), what, word);
	return err_at(err, (struct place){.file = name, .line = line});
}

static int
read_option(const char *name, const char *word, struct series_line *l, struct err *err)
{
	const char *digits = word + 2;

	if (!strcmp(word, "-R")) {
		l->reverse = true;
		return 0;
	}
	if (!strcmp(word, "-pab")) {
		l->strip = 1;
		return 0;
	}
	if (str_starts(word, "-p") && *digits && strspn(digits, "0123456789") == strlen(digits) && strlen(digits) < 3) {
		l->strip = atoi(digits);
		return 0;
	}
	fault(err, name, l->line, "unknown option", word);
	return err_help(err, "a line is a patch, and perhaps -pN and -R behind it");
}

/* Splits one line in place. 1: a patch, 0: nothing, -1: a mistake. */
static int
read_line(const char *name, char *s, struct arena *a, struct series_line *l, struct err *err)
{
	char *save = NULL, *hash = s, *word;

	while ((hash = strchr(hash, '#')) && hash != s && hash[-1] != ' ' && hash[-1] != '\t')
		hash++;
	if (hash)
		*hash = '\0';
	word = strtok_r(s, " \t\r", &save);
	if (!word)
		return 0;
	l->patch = arena_strdup(a, word);
	l->strip = 1;
	if (path_clean(word) || !*word)
		return fault(err, name, l->line, "a patch must lie beside the series or below it, not at", l->patch);
	l->patch = arena_strdup(a, word);
	while ((word = strtok_r(NULL, " \t\r", &save)))
		if (read_option(name, word, l, err))
			return -1;
	return 1;
}

int
series_parse(const char *name, const char *text, size_t len, struct arena *a, struct series_line **out, size_t *n,
	     struct err *err)
{
	struct series_line *v cleanup_free = NULL;
	size_t cap = 0;
	unsigned line = 1;

	*n = 0;
	for (const char *p = text, *end = text + len; p < end; line++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		char *s cleanup_free = xstrndup(p, (size_t)((nl ? nl : end) - p));
		struct series_line l = {.line = line};
		int rc = read_line(name, s, a, &l, err);

		if (rc < 0)
			return -1;
		p = nl ? nl + 1 : end;
		if (!rc)
			continue;
		GROW(v, *n, cap);
		v[(*n)++] = l;
	}
	if (!*n) {
		err_set(err, "E0509", "series `%s`: it lists no patch", path_base(name));
		err_at(err, (struct place){.file = name});
		return err_help(
			err,
			"a line is the path of a patch, from the folder of the series; take the series out when it is done");
	}
	*out = arena_memdup(a, v, *n * sizeof *v);
	return 0;
}
