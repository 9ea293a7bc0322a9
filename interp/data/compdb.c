#include "data/compdb.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* "savedcmd_kernel/fork.o := gcc …": where the command begins, or NULL. */
static const char *
command_of(const char *line, const char *end)
{
	static const char *const begins[] = {"savedcmd_", "cmd_"};
	static const char sign[] = ".o := ";

	for (size_t i = 0; i < ARRAY_LEN(begins); i++) {
		size_t n = strlen(begins[i]);
		const char *name = line + n, *p;

		if ((size_t)(end - line) < n || memcmp(line, begins[i], n))
			continue;
		p = memmem(name, (size_t)(end - name), sign, strlen(sign));
		return p && !memchr(name, ' ', (size_t)(p - name)) ? p + strlen(sign) : NULL;
	}
	return NULL;
}

/* The last word that is a source and ends a command; gives its end. */
static const char *
last_source(const char *s, const char *end, const char **file)
{
	const char *found = NULL;

	for (const char *word = s; word < end;) {
		const char *stop = word, *next;

		while (stop < end && *stop != ' ' && *stop != ';')
			stop++;
		for (next = stop; next < end && *next == ' ';)
			next++;
		if (word > s && stop - word > 2 && stop[-2] == '.' && (stop[-1] == 'c' || stop[-1] == 'S') &&
		    (next == end || *next == ';')) {
			*file = word;
			found = stop;
		}
		word = next + (next < end && (*next == ';' || next == stop));
	}
	return found;
}

/* make's own quoting of the number sign is taken back. */
static const char *
unquoted(const char *s, size_t n, struct arena *a)
{
	static const char *const signs[] = {"\\#", "$(pound)"};
	struct str b = {0};
	const char *r;

	for (size_t i = 0; i < n;) {
		size_t k = 0, len = 0;

		for (; k < ARRAY_LEN(signs); k++) {
			len = strlen(signs[k]);
			if (n - i >= len && !memcmp(s + i, signs[k], len))
				break;
		}
		str_addc(&b, k < ARRAY_LEN(signs) ? '#' : s[i]);
		i += k < ARRAY_LEN(signs) ? len : 1;
	}
	r = arena_strndup(a, str_text(&b), b.len);
	str_free(&b);
	return r;
}

bool
compdb_parse(const char *text, size_t len, struct arena *a, struct compiled *out)
{
	const char *all = text + len;

	if (memchr(text, 0, len))
		return false;
	for (const char *line = text; line < all;) {
		const char *end = memchr(line, '\n', (size_t)(all - line)), *command, *file, *stop;

		end = end ? end : all;
		command = command_of(line, end);
		stop = command ? last_source(command, end, &file) : NULL;
		if (stop) {
			out->command = unquoted(command, (size_t)(stop - command), a);
			out->file = arena_strndup(a, file, (size_t)(stop - file));
			return true;
		}
		line = end + 1;
	}
	return false;
}

static void
add_word(const char *word, bool quoted, struct str *out)
{
	for (; *word; word++) {
		if (quoted && strchr(" \t'\"\\$`&|;<>()*?[]#~!{}", *word))
			str_addc(out, '\\');
		str_addc(out, *word);
	}
}

/* Whether a name goes on there. */
static bool
goes_on(char c)
{
	return c && !strchr("/ =:,;'\"", c);
}

void
compdb_move(const char *text, const struct moved *moved, bool quoted, struct str *out)
{
	while (*text) {
		const struct moved *m = moved;

		while (m->from && !(str_starts(text, m->from) && !goes_on(text[strlen(m->from)])))
			m++;
		if (!m->from) {
			str_addc(out, *text++);
			continue;
		}
		add_word(m->to, quoted, out);
		text += strlen(m->from);
	}
}
