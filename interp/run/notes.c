#include "run/notes.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define EACH (sizeof(struct note) + 64) /* what one costs besides its text */

static size_t
size_of(const char *key, const char *value)
{
	return EACH + strlen(key) + strlen(value);
}

static void
add(struct notes *t, const char *key, const char *value)
{
	t->bytes += size_of(key, value);
	GROW(t->v, t->n, t->cap);
	t->v[t->n++] = (struct note){xstrdup(key), xstrdup(value)};
}

static const char *
cut(struct notes *t)
{
	static const char text[] = "it says more: the rest is in its log only";

	if (t->cut)
		return NULL;
	t->cut = true;
	add(t, "note", text);
	return text;
}

const char *
notes_line(struct notes *t, const char *text)
{
	if (t->cut || t->lines == NOTES_LINES || t->bytes + size_of("note", text) > NOTES_BYTES)
		return cut(t);
	t->lines++;
	add(t, "note", text);
	return t->v[t->n - 1].value;
}

int
notes_fact(struct notes *t, const char *key, const char *value)
{
	if (t->bytes + size_of(key, value) > NOTES_BYTES)
		return -1;
	add(t, key, value);
	return 0;
}

void
notes_free(struct notes *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free((char *)t->v[i].key);
		free((char *)t->v[i].value);
	}
	free(t->v);
}
