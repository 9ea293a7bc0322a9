/* What comes in with an import, for people. */
#include <string.h>

#include "base/str.h"
#include "cli/imports.h"
#include "data/git_history.h"

static void
say_history(const struct git_history *h, FILE *out)
{
	if (h->state == GIT_REWRITTEN)
		fputs("  the history was rewritten: the new commit does not follow the old one\n", out);
	else if (h->state == GIT_FAR)
		fputs("  the old commit is not among the last commits there: the history is long, or was rewritten\n",
		      out);
	for (size_t i = 0; i < h->n; i++) {
		cleanup_str struct str line = {0};

		str_add_safe(&line, h->v[i], strlen(h->v[i]));
		fprintf(out, "  %s\n", str_text(&line));
	}
	if (h->more)
		fputs("  …\n", out);
}

static bool
has_word(const char *words, const char *word, size_t n)
{
	for (const char *p = words; p && *p; p += strcspn(p, " ")) {
		p += strspn(p, " ");
		if (strcspn(p, " ") == n && !memcmp(p, word, n))
			return true;
	}
	return false;
}

/* The words of one that the other has not. */
static void
say_words(const char *words, const char *others, const char *what, FILE *out)
{
	for (const char *p = words; p && *p; p += strcspn(p, " ")) {
		cleanup_str struct str line = {0};
		size_t n;

		p += strspn(p, " ");
		n = strcspn(p, " ");
		str_add_safe(&line, p, n);
		if (n && !has_word(others, p, n))
			fprintf(out, "  %s %s\n", what, str_text(&line));
	}
}

void
imports_say_may(const struct import *m, FILE *out)
{
	say_words(m->may, m->might, m->was ? "may now also:" : "may:", out);
	if (m->was)
		say_words(m->might, m->may, "may no longer:", out);
}

void
imports_say(struct session *s, const struct import *m, FILE *out)
{
	struct git_history h = {0};
	struct err unsaid = {0};
	char tmp[64] = "";
	int dir = -1;

	fprintf(out, "%s\n", m->at.pin);
	if (m->was)
		fprintf(out, "  was %s\n", m->was);
	fprintf(out, "  now %s\n", m->commit);
	imports_say_may(m, out);
	if (m->was)
		dir = store_tmp(s->store, tmp, &unsaid);
	if (dir >= 0 && !git_history(m->at.url, m->at.ref, m->was, m->commit, dir, &s->arena, &h, &unsaid)) {
		if (h.tag)
			fputs("  the tag was moved\n", out);
		say_history(&h, out);
	} else if (m->was) {
		fputs("  the commits between them could not be had\n", out);
	}
	err_free(&unsaid);
	cleanup_fdp(&dir);
	if (*tmp)
		store_discard(s->store, tmp);
}
