/* bisect_commits: the commits between two that recipes check out. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/bisect.h"
#include "cli/show.h"
#include "data/git.h"
#include "data/git_commits.h"

enum { SUBJECT_SHOWN = 80 };

static const char *
said(const struct step *s, const char *field)
{
	const struct param *p = schema_find(s->prim->params, field);

	return p ? *(const char *const *)((char *)s->bound + p->offset) : NULL;
}

/* Where there is no history to be had, the parameter is taken as a whole. */
static bool
list_commits(struct bisect *b, const char *url, const char *from, const char *to, struct str *out)
{
	struct store *store = b->side[0].s.store;
	struct err quiet = {0};
	char tmp[64];
	cleanup_fd int dir = store_tmp(store, tmp, &quiet);
	bool good = dir >= 0 && !git_commits(url, from, to, dir, out, &quiet) && out->len;

	if (err_any(&quiet) && !b->cli->quiet) {
		cleanup_str struct str why = {0};

		err_brief(&quiet, &why);
		fputs("note: the commits between are not known, and count as one change: ", stderr);
		print_safe(stderr, str_text(&why));
		putc('\n', stderr);
	}
	if (dir >= 0)
		store_discard(store, tmp);
	err_free(&quiet);
	return good;
}

static void
add_commit(struct bisect *b, struct mix *m, char *line, unsigned chain, const struct value *good, const char *before)
{
	struct value *v = arena_new(b->a, struct value);
	char *subject = strchr(line, ' ');
	long change;

	if (subject)
		*subject++ = '\0';
	*v = (struct value){.type = V_STRING, .at = good->at, .str = {line, strlen(line)}};
	change = bisect_add(
		b,
		&(struct bisect_change){"commit",
					arena_printf(b->a, "%.12s %.*s", line, SUBJECT_SHOWN, subject ? subject : ""),
					m->step, before, line},
		chain);
	bisect_item(m, &(struct mix_item){line, good, v, change});
}

bool
bisect_commits(struct bisect *b, const struct step *x, const struct step *y)
{
	const char *from = said(x, "commit"), *to = said(y, "commit"), *url = said(y, "url"), *before = from;
	const struct value *good = value_field(&x->params, "commit");
	cleanup_str struct str text = {0};
	unsigned chain = (unsigned)b->nmixes + 1;
	struct mix *m;
	char *save = NULL;

	if (!from || !to || !url || !good || !strcmp(from, to) || !str_eq(url, said(x, "url")) ||
	    !git_is_commit(from) || !git_is_commit(to))
		return false;
	if (b->cli->offline && !str_starts(url, "file:"))
		return false;
	if (b->cli->dry_run) {
		if (!b->cli->quiet)
			fprintf(stderr,
				"note: with -n the commits between %.12s and %.12s are not asked for, and count as one change\n",
				from, to);
		return false;
	}
	if (!list_commits(b, url, from, to, &text))
		return false;
	m = bisect_mix(b, MIX_COMMIT, x->name, "commit");
	for (char *l = strtok_r(text.s, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		char *line = arena_strdup(b->a, l);

		add_commit(b, m, line, chain, good, before);
		before = line;
	}
	return true;
}
