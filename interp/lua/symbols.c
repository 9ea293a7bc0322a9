#include "lua/symbols.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "data/kconfig.h"
#include "data/schema.h"
#include "lua/places.h"
#include "model/recipe.h"

enum { CHAIN_MAX = 512 }; /* steps on top of each other that are compared */

static const struct symbols *
symbols_of(const struct step *s)
{
	const struct param *p = s->prim->params;

	while (p->name && p->type != P_SYMBOLS)
		p++;
	return p->name && s->bound ? (const struct symbols *)((const char *)s->bound + p->offset) : NULL;
}

static const char *
file_of(const struct step *s)
{
	const struct param *p = s->prim->params;

	while (p->name && p->type != P_PATH)
		p++;
	return p->name && s->bound ? *(const char *const *)((const char *)s->bound + p->offset) : NULL;
}

/* The letter when what is written behind a key is y, m or n alone, else 0. */
static char
written_letter(const char *text, const struct place *at)
{
	const char *p = text;
	char c;

	for (unsigned line = 1; line < at->line && p; line++) {
		p = strchr(p, '\n');
		p = p ? p + 1 : NULL;
	}
	if (!p || strnlen(p, at->col + at->len) < at->col + at->len)
		return 0;
	p += at->col - 1 + at->len;
	p += strspn(p, "\"'] \t");
	if (*p != '=')
		return 0;
	p += 1 + strspn(p + 1, " \t");
	c = *p;
	if (c != 'y' && c != 'm' && c != 'n')
		return 0;
	p += 1 + strspn(p + 1, " \t");
	return strchr(",;}\r\n", *p) || (p[0] == '-' && p[1] == '-') ? c : 0;
}

/* `local n = 5` hides the value n for the rest of its block. */
static int
check_letter(const struct recipe *r, const struct step *s, const struct symbol *sym, struct map *told, struct err *err)
{
	struct place at = sym->at;
	const char *text = at.file ? recipe_source((void *)r, at.file) : NULL;
	cleanup_free char *spot = NULL;
	char letter;

	if (!text || !at.key || place_find(text, &at) != 1 || !at.col)
		return 0;
	letter = written_letter(text, &at);
	if (!letter || (sym->value[0] == letter && !sym->value[1]))
		return 0;
	spot = xasprintf("%s:%u:%u", at.file, at.line, at.col);
	if (map_has(told, spot)) /* a constructor hands one table to several steps */
		return -1;
	map_set(told, steal_pointer(&spot), told);
	err_set(err, "E0110", "symbol `%s` in %s \"%s\" does not get the value %c, but %s", sym->name, s->prim->name,
		s->name, letter, sym->value);
	err_at(err, at);
	err_label(err, "`%c` here is a local of this file, not the value %c", letter, letter);
	return err_help(err, "give the local another name");
}

static int
say_conflict(const struct recipe *r, const struct symbol *before, const struct symbol *now, struct err *err)
{
	struct place at = before->at;
	const char *text = at.file ? recipe_source((void *)r, at.file) : NULL;

	if (text && at.key)
		place_find(text, &at);
	err_set(err, "E0126", "symbol `%s` is set to %s here, and to %s at %s:%u", now->name, now->value, before->value,
		at.file, at.line);
	err_at(err, now->at);
	err_label(err, "another value than in `%s`", at.file);
	return err_help(err, "let the recipe itself set `%s`, in a step after both, or leave one of them out",
			now->name);
}

static bool
sets(const struct step *s, const char *name, const char *main)
{
	const struct symbols *set = symbols_of(s);

	for (size_t i = 0; set && i < set->n; i++)
		if (!strcmp(set->v[i].name, name) && str_eq(set->v[i].at.file, main))
			return true;
	return false;
}

/* Whether the recipe itself sets the symbol in a step that stands on `s`. */
static bool
is_settled(const struct recipe *r, const struct step *s, const char *name, const char *main)
{
	for (const struct step *t = s + 1; t < r->steps + r->nsteps; t++) {
		const struct step *u = t;

		if (t->prim != s->prim || !str_eq(file_of(t), file_of(s)) || !sets(t, name, main))
			continue;
		for (int depth = 0; depth < CHAIN_MAX && u != s && u->common.on.kind == SRC_REF; depth++)
			u = &r->steps[u->common.on.ref.step];
		if (u == s)
			return true;
	}
	return false;
}

/* What steps below set, and this one sets differently; `mine` loses each name that was compared. */
static int
check_below(const struct recipe *r, const struct step *s, struct map *mine, const char *main, struct err *err)
{
	const struct step *t = s;
	int rc = 0;

	for (int depth = 0; depth < CHAIN_MAX && t->common.on.kind == SRC_REF && t->common.on.ref.step < r->nsteps;
	     depth++) {
		const struct symbols *set;

		t = &r->steps[t->common.on.ref.step];
		if (t->prim != s->prim || !str_eq(file_of(t), file_of(s)) || !(set = symbols_of(t)))
			continue;
		for (size_t i = 0; i < set->n; i++) {
			const struct symbol *now = map_get(mine, set->v[i].name);

			if (!now || str_eq(now->at.file, set->v[i].at.file))
				continue;
			map_set(mine, set->v[i].name, NULL);
			if (!kconfig_equal(now->value, set->v[i].value) && !is_settled(r, s, now->name, main))
				rc = say_conflict(r, &set->v[i], now, err);
		}
	}
	return rc;
}

/* Two plugins that set one symbol of one file differently: which one holds must not depend on their order. */
static int
check_conflicts(const struct recipe *r, const struct step *s, const struct symbols *set, const char *main,
		struct err *err)
{
	struct map mine = {0};
	int rc;

	for (size_t i = 0; i < set->n; i++)
		if (set->v[i].at.file && strcmp(set->v[i].at.file, main))
			map_set(&mine, set->v[i].name, &set->v[i]);
	rc = mine.n ? check_below(r, s, &mine, main, err) : 0;
	map_free(&mine);
	return rc;
}

int
symbols_check(const struct recipe *r, const char *main, struct err *err)
{
	struct map told = {0};
	int rc = 0;

	for (size_t i = 0; i < r->nsteps; i++) {
		const struct symbols *set = symbols_of(&r->steps[i]);

		for (size_t k = 0; set && k < set->n; k++)
			rc |= check_letter(r, &r->steps[i], &set->v[k], &told, err);
		if (set)
			rc |= check_conflicts(r, &r->steps[i], set, main, err);
	}
	for (size_t i = 0; i < told.n; i++)
		free((char *)told.v[i].key);
	map_free(&told);
	return rc;
}
