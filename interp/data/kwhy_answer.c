/* kwhy_answer: what the helper said, as data and in words. */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/json.h"
#include "data/kwhy.h"

static const char *
string_of(const struct value *table, const char *key)
{
	const struct value *v = value_field(table, key);

	return v && v->type == V_STRING ? v->str.s : NULL;
}

static const char *
text_of(const struct value *table, const char *key)
{
	const char *s = string_of(table, key);

	return s ? s : "";
}

static struct kwhy_clauses
clauses_of(const struct value *table, const char *key, struct arena *a)
{
	const struct value *v = value_field(table, key);
	struct kwhy_clauses r = {0};

	if (!v || v->type != V_TABLE)
		return r;
	r.v = arena_array(a, struct kwhy_clause, v->table.nitems + 1);
	for (; r.n < v->table.nitems; r.n++) {
		const struct value *c = &v->table.items[r.n];

		if (c->type != V_TABLE)
			break;
		r.v[r.n] = (struct kwhy_clause){text_of(c, "text"), text_of(c, "symbol"), *text_of(c, "value")};
	}
	return r;
}

static struct strings
strings_of(const struct value *table, const char *key, struct arena *a)
{
	const struct value *v = value_field(table, key);
	struct strings r = {0};

	if (!v || v->type != V_TABLE)
		return r;
	r.v = arena_array(a, const char *, v->table.nitems + 1);
	for (size_t i = 0; i < v->table.nitems; i++)
		if (v->table.items[i].type == V_STRING)
			r.v[r.n++] = v->table.items[i].str.s;
	return r;
}

static enum kwhy_found
found_of(const struct value *t, const char *key)
{
	static const char *const words[] = {"", "met", "fix", "never", "open"};
	const char *word = text_of(t, key);

	for (size_t i = 1; i < ARRAY_LEN(words); i++)
		if (!strcmp(word, words[i]))
			return (enum kwhy_found)i;
	return KWHY_UNASKED;
}

static struct kwhy_answer
answer_of(const struct value *t, struct arena *a)
{
	const struct value *exists = value_field(t, "exists");
	struct strings range = strings_of(t, "range", a);

	return (struct kwhy_answer){
		.name = text_of(t, "name"),
		.exists = exists && exists->type == V_BOOL && exists->b,
		.type = text_of(t, "type"),
		.value = text_of(t, "value"),
		.prompt = text_of(t, "prompt"),
		.modules = *text_of(t, "modules") == 'y',
		.depends = clauses_of(t, "depends", a),
		.hidden_by = clauses_of(t, "hidden_by", a),
		.selected_by = clauses_of(t, "selected_by", a),
		.implied_by = clauses_of(t, "implied_by", a),
		.choice = string_of(t, "choice"),
		.chosen = string_of(t, "chosen"),
		.low = range.n == 2 ? range.v[0] : NULL,
		.high = range.n == 2 ? range.v[1] : NULL,
		.found = found_of(t, "answer"),
		.fix = strings_of(t, "fix", a),
		.against = strings_of(t, "against", a),
		.never = clauses_of(t, "never", a),
		.selected = !strcmp(text_of(t, "leaf"), "selected"),
		.unset = !strcmp(text_of(t, "leaf"), "unset"),
	};
}

int
kwhy_parse(const char *text, size_t len, struct arena *a, struct kwhy_answers *out, struct err *err)
{
	struct kwhy_answer *v cleanup_free = NULL;
	size_t cap = 0;

	*out = (struct kwhy_answers){0};
	for (const char *p = text, *end = text + len; p < end;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((nl ? nl : end) - p);
		struct value t;

		if (json_parse(p, n, KWHY_ANSWER_MAX, "kwhy", a, &t, err))
			return err_wrap(err, "the answer of Kconfig cannot be read");
		p = nl ? nl + 1 : end;
		if (value_field(&t, "names")) {
			out->names = strings_of(&t, "names", a);
			continue;
		}
		if (value_field(&t, "together")) {
			out->together = answer_of(&t, a);
			out->together.found = found_of(&t, "together");
			continue;
		}
		GROW(v, out->n, cap);
		v[out->n++] = answer_of(&t, a);
	}
	out->v = arena_memdup(a, v ? v : (void *)"", out->n * sizeof *v + !out->n);
	return 0;
}

const struct kwhy_answer *
kwhy_find(const struct kwhy_answers *all, const char *name)
{
	for (size_t i = 0; i < all->n; i++)
		if (!strcmp(all->v[i].name, name))
			return &all->v[i];
	return NULL;
}

static int
rank(const char *v)
{
	return !strcmp(v, "y") ? 2 : !strcmp(v, "m") ? 1 : 0;
}

static void
add_clause(struct str *out, const struct kwhy_clause *c)
{
	if (*c->symbol)
		str_add(out, c->symbol);
	else
		str_addf(out, "`%s`", c->text);
}

/* "A, B and C"; those whose value is below `least`. */
static size_t
add_list(struct str *out, const struct kwhy_clauses *all, int least, char *value)
{
	size_t n = 0, k = 0;

	for (size_t i = 0; i < all->n; i++)
		n += rank((char[]){all->v[i].value, 0}) < least;
	for (size_t i = 0; i < all->n; i++) {
		if (rank((char[]){all->v[i].value, 0}) >= least)
			continue;
		str_add(out, k == 0 ? "" : k + 1 == n ? " and " : ", ");
		add_clause(out, &all->v[i]);
		*value = k == 0 || *value == all->v[i].value ? all->v[i].value : 'n';
		k++;
	}
	return n;
}

static bool
say_needs(const struct kwhy_clauses *all, const char *what, int least, struct str *out)
{
	struct str cleanup_str list = {0};
	char value = 'n';
	size_t n = add_list(&list, all, least, &value);

	if (n)
		str_addf(out, "%s %s, which %s %c", what, str_text(&list), n == 1 ? "is" : "are", value);
	return n > 0;
}

/* Why a bool or tristate is lower than wanted. */
static void
say_lower(const struct kwhy_answer *w, int wanted, struct str *out)
{
	if (say_needs(&w->depends, "depends on", wanted, out))
		return;
	if (w->choice && w->chosen && *w->chosen && strcmp(w->chosen, w->name))
		str_addf(out, "the choice \"%s\" went to %s", w->choice, w->chosen);
	else if (say_needs(&w->hidden_by, "can be set only with", wanted, out))
		return;
	else if (wanted == 1 && !strcmp(w->type, "bool"))
		str_add(out, "it is a bool and takes y or n");
	else if (!*w->prompt)
		str_add(out, "it has no prompt, so only `select` and defaults set it");
	else
		str_add(out, "nothing keeps it from being set; a later line or the base configuration did");
}

static void
say_selected(const struct kwhy_clauses *by, const char *what, struct str *out)
{
	str_addf(out, "%s ", what);
	for (size_t i = 0; i < by->n && i < 3; i++) {
		str_add(out, i ? ", " : "");
		add_clause(out, &by->v[i]);
	}
	if (by->n > 3)
		str_addf(out, " and %zu more", by->n - 3);
}

/* Why a bool or tristate is higher than wanted. */
static void
say_higher(const struct kwhy_answer *w, int wanted, struct str *out)
{
	if (w->selected_by.n)
		say_selected(&w->selected_by, "selected by", out);
	else if (wanted == 1 && !strcmp(w->type, "bool"))
		str_add(out, "it is a bool and takes y or n");
	else if (wanted == 1 && !w->modules)
		str_add(out, "MODULES is n, so there is no m");
	else if (w->choice && w->chosen && !strcmp(w->chosen, w->name))
		str_addf(out, "it has the choice \"%s\"; set another member of it", w->choice);
	else if (!*w->prompt)
		str_add(out, "it has no prompt, and its default says so");
	else if (w->implied_by.n)
		say_selected(&w->implied_by, "implied by", out);
	else
		str_add(out, "a later line or the base configuration set it");
}

void
kwhy_reason(const struct kwhy_answer *w, const char *wanted, struct str *out)
{
	bool logic = !strcmp(w->type, "bool") || !strcmp(w->type, "tristate");
	bool asked = !strcmp(wanted, "y") || !strcmp(wanted, "m") || !strcmp(wanted, "n");

	if (!w->exists)
		str_add(out, "no such symbol");
	else if (logic && !asked)
		str_addf(out, "it is a %s and takes %s", w->type, *w->type == 'b' ? "y or n" : "y, m or n");
	else if (logic && rank(w->value) < rank(wanted))
		say_lower(w, rank(wanted), out);
	else if (logic)
		say_higher(w, rank(wanted), out);
	else if (asked && strcmp(wanted, "n"))
		str_addf(out, "it is of type %s", w->type);
	else if (say_needs(&w->depends, "depends on", 1, out))
		return;
	else if (w->low)
		str_addf(out, "its range is %s to %s", w->low, w->high);
	else
		say_lower(w, 2, out);
}

/* Nothing sets it, and what it depends on is there. */
static void
say_unforced(const struct kwhy_answer *w, bool logic, struct str *out)
{
	if (w->choice && w->chosen && *w->chosen)
		str_addf(out, "the choice \"%s\" went to %s", w->choice, w->chosen);
	else if (say_needs(&w->hidden_by, "can be set only with", logic ? 2 : 1, out))
		return;
	else if (!*w->prompt)
		str_add(out, "it has no prompt, so only `select` and defaults set it");
	else
		str_add(out, "its default, or the base configuration; nothing keeps you from setting it");
}

void
kwhy_state(const struct kwhy_answer *w, struct str *out)
{
	bool logic = !strcmp(w->type, "bool") || !strcmp(w->type, "tristate");

	if (logic && rank(w->value) && w->selected_by.n)
		say_selected(&w->selected_by, "selected by", out);
	else if (w->choice && w->chosen && !strcmp(w->chosen, w->name))
		str_addf(out, "it has the choice \"%s\"", w->choice);
	else if (logic && rank(w->value) && w->implied_by.n)
		say_selected(&w->implied_by, "implied by", out);
	else if (!say_needs(&w->depends, "depends on", logic ? 2 : 1, out))
		say_unforced(w, logic, out);
}
