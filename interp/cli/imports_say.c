/* What comes in with an import, for people. */
#include <string.h>

#include "base/str.h"
#include "cli/imports_own.h"
#include "data/git_history.h"
#include "model/files.h"

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

/* -- artifacts of a registry: they have no history, so their files are compared --------------------------------------
 */
enum { FILES_SAID = 20 };

static int
say_revision(struct session *s, const struct import *m, const struct mirror *mirror, void *out, struct err *err)
{
	struct import old = *m;
	const char *now = imports_oci_revision(s, m, mirror->dir), *was;

	(void)err;
	old.commit = m->was;
	was = imports_oci_revision(s, &old, mirror->dir);
	if (now && !str_eq(was, now))
		fprintf(out, "  made of commit %.12s%s%.12s\n", now, was ? ", before of " : "", was ? was : "");
	return 0;
}

static void
say_file(const char *what, const char *path, size_t *n, FILE *out)
{
	cleanup_str struct str line = {0};

	str_add_safe(&line, path, strlen(path));
	if (++*n <= FILES_SAID)
		fprintf(out, "  %s %s\n", what, str_text(&line));
}

static void
say_files(const struct tree *was, const struct tree *now, FILE *out)
{
	size_t n = 0;

	for (size_t i = 0, k = 0; i < was->n || k < now->n;) {
		int c = i == was->n ? 1 : k == now->n ? -1 : path_cmp(was->v[i].path, now->v[k].path);

		if (c < 0)
			say_file("without", was->v[i].path, &n, out);
		else if (c > 0)
			say_file("new    ", now->v[k].path, &n, out);
		else if (!entry_equal(&was->v[i], &now->v[k]))
			say_file("changed", now->v[k].path, &n, out);
		i += c <= 0;
		k += c >= 0;
	}
	if (n > FILES_SAID)
		fprintf(out, "  … and %zu more\n", n - FILES_SAID);
}

static int
list_of(const struct import *m, struct tree *out, struct err *err)
{
	const struct file_ref all = {.root = m->root, .rel = "", .shown = m->at.url};
	struct file_content content;

	return files_hash(&all, NULL, out, &content, err);
}

static void
say_artifact(struct session *s, const struct import *m, FILE *out)
{
	struct import old = *m;
	struct tree was = {0}, now = {0};
	struct err unsaid = {0};
	char got[HASH_HEX];

	old.commit = m->was;
	if (imports_place(s, &old, NULL, got, &unsaid) || list_of(&old, &was, &unsaid) || list_of(m, &now, &unsaid)) {
		fputs("  what it held before could not be had\n", out);
	} else {
		imports_in_mirror(s, m, say_revision, out, &unsaid);
		say_files(&was, &now, out);
	}
	tree_free(&was);
	tree_free(&now);
	err_free(&unsaid);
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
	if (m->was && use_address_is_oci(&m->at)) {
		say_artifact(s, m, out);
		return;
	}
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
