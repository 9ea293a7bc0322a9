/* key_reason: in what two texts of a key differ, in words of the recipe. */
#include <string.h>

#include "base/map.h"
#include "base/str.h"
#include "model/key.h"

/* A line split into what it is about ("file archive", "param strip") and what it says. */
static size_t
subject_len(const char *line, size_t len)
{
	static const char *const two_words[] = {"param ", "file ", "input ", "primitive ", "step "};
	size_t n = strcspn(line, " \n");

	for (size_t i = 0; i < ARRAY_LEN(two_words); i++)
		if (!strncmp(line, two_words[i], strlen(two_words[i]))) {
			n = strlen(two_words[i]);
			n += strcspn(line + n, " \n");
		}
	return n < len ? n : len;
}

static const char *
find_line(const char *text, const char *line, size_t len, size_t subject, bool *same_subject)
{
	for (const char *s = text; *s;) {
		size_t n = strcspn(s, "\n");

		if (n == len && !memcmp(s, line, n))
			return s;
		if (n >= subject && !memcmp(s, line, subject) && (s[subject] == ' ' || s[subject] == '\n'))
			*same_subject = true;
		s += n + (s[n] == '\n');
	}
	return NULL;
}

/* The second word of a line, or the quoted text behind it: what a sentence names. */
static char *
word(struct arena *a, const char *line, size_t len, int which)
{
	const char *end = line + len;

	while (which-- > 0) {
		while (line < end && *line != ' ')
			line++;
		while (line < end && *line == ' ')
			line++;
	}
	if (line < end && *line == '"') {
		const char *q = memchr(line + 1, '"', (size_t)(end - line - 1));

		return arena_strndup(a, line + 1, (size_t)((q ? q : end) - line - 1));
	}
	len = strcspn(line, " \n");
	return arena_strndup(a, line, len < (size_t)(end - line) ? len : (size_t)(end - line));
}

/* How each file and input line is called, in the order of the lines. */
struct naming {
	const struct step *step;
	const struct recipe *recipe;
	struct arena *a;
	size_t want, seen; /* looks for the `want`th */
	const char *found;
};

static int
name_source(void *ctx, const struct param *q, struct source *src)
{
	struct naming *n = ctx;
	const char *path = src->ref.path;

	if (src->kind == SRC_NONE || (q && q->flags & P_NOKEY) || n->seen++ != n->want)
		return 0;
	if (src->kind == SRC_FILE)
		n->found = src->file.shown;
	else if (*path)
		n->found = arena_printf(n->a, "%s / %s", n->recipe->steps[src->ref.step].name, path);
	else
		n->found = n->recipe->steps[src->ref.step].name;
	return 1;
}

/* The name of what the line at `line` in `text` takes in; NULL when it cannot be told. */
static const char *
source_name(const struct naming *from, const char *text, const char *line)
{
	struct naming n = *from;
	const struct step *step = n.step;

	for (const char *s = text; s < line; s += strcspn(s, "\n") + 1)
		n.want += str_starts(s, "file ") || str_starts(s, "input ");
	if (!schema_sources(step->prim->params, step->bound, name_source, &n))
		name_source(&n, NULL, (struct source *)&step->common.on);
	return n.found;
}

static const char *
line_reason(const char *line, size_t len, bool changed, const char *name, struct arena *a)
{
	const char *how = changed ? "changed" : "is new";

	if (str_starts(line, "param "))
		return arena_printf(a, "`%s` %s", word(a, line, len, 1), how);
	if (str_starts(line, "file "))
		return arena_printf(a, "file `%s` %s", name ? name : word(a, line, len, 2), how);
	if (str_starts(line, "input ") && name)
		return arena_printf(a, "the result of `%s` %s", name, how);
	if (str_starts(line, "input "))
		return arena_printf(a, "a result in `%s` %s", word(a, line, len, 1), how);
	if (str_starts(line, "pin "))
		return arena_strdup(a, "the pinned version changed");
	if (str_starts(line, "epoch "))
		return arena_strdup(a, "the date of the source changed");
	if (str_starts(line, "may "))
		return arena_strdup(a, "the paths that its capabilities state changed");
	if (str_starts(line, "programs "))
		return arena_strdup(a, "`--backend none` gives results of their own, made by this machine's programs");
	if (str_starts(line, "step "))
		return arena_printf(a, "what `%s` was made of %s", word(a, line, len, 1), how);
	if (str_starts(line, "jkr "))
		return arena_strdup(a, "another version of jkr builds it");
	if (str_starts(line, "primitive "))
		return arena_printf(a, "`%s` of this jkr works differently", word(a, line, len, 1));
	return NULL;
}

/* The first line of `x` that `y` lacks, as a sentence; NULL when there is none. `names` tells what the lines
 * of `x` take in; without them `x` is the older text, and what it has more was dropped. */
static const char *
first_difference(const char *x, const char *y, const struct naming *names, struct arena *a)
{
	for (const char *s = x; *s;) {
		size_t n = strcspn(s, "\n");
		bool same = false;

		if (!find_line(y, s, n, subject_len(s, n), &same)) {
			const char *name = names ? source_name(names, x, s) : NULL;
			const char *r = line_reason(s, n, same, name, a), *is_new = r ? strstr(r, " is new") : NULL;

			if (is_new && !names)
				return arena_printf(a, "%.*s was dropped", (int)(is_new - r), r);
			if (r)
				return r;
		}
		s += n + (s[n] == '\n');
	}
	return NULL;
}

const char *
key_reason(const char *before, const char *now, const struct recipe *recipe, const struct step *step, struct arena *a)
{
	struct naming names = {.step = step, .recipe = recipe, .a = a};
	bool was = strstr(before, "\ndirty\n"), is = strstr(now, "\ndirty\n");
	const char *r;

	if (was != is)
		return step->edited ? "an edited folder takes its place"
		       : is         ? "it rests on an edited folder"
				    : "an edited folder was in it the last time";
	r = first_difference(now, before, &names, a);
	if (!r)
		r = first_difference(before, now, NULL, a);
	return r ? r : "the order of its inputs changed";
}

/* Every line of a text, once for each time that it is there. */
struct line_count {
	size_t n;
};

static void
count_lines(const char *text, struct arena *a, struct map *m)
{
	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		char *line = arena_strndup(a, s, strcspn(s, "\n"));
		struct line_count *c = map_get(m, line);

		if (!c)
			map_set(m, line, c = arena_new(a, struct line_count));
		c->n++;
	}
}

/* Adds the lines of `text` that are left over when each of `other` was taken off once. */
static size_t
add_rest(const char *text, const char *other, const struct naming *names, struct arena *a, struct key_line *out)
{
	struct map m = {0};
	size_t n = 0;

	count_lines(other, a, &m);
	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		char *line = arena_strndup(a, s, strcspn(s, "\n"));
		struct line_count *c = map_get(&m, line);
		bool source = str_starts(line, "file ") || str_starts(line, "input ");

		if (c && c->n) {
			c->n--;
			continue;
		}
		out[n++] = (struct key_line){names ? '+' : '-', line,
					     names && source ? source_name(names, text, s) : NULL};
	}
	map_free(&m);
	return n;
}

static size_t
lines_of(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

size_t
key_lines(const char *before, const char *now, const struct recipe *recipe, const struct step *step, struct arena *a,
	  struct key_line **out)
{
	const struct naming names = {.step = step, .recipe = recipe, .a = a};
	struct key_line *v = *out = arena_array(a, struct key_line, lines_of(before) + lines_of(now));
	size_t n = add_rest(before, now, NULL, a, v);

	return n + add_rest(now, before, &names, a, v + n);
}
