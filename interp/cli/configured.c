#include "cli/configured.h"

#include <string.h>

#include "base/str.h"
#include "cli/build.h"
#include "cli/userfile.h"
#include "lua/places.h"

#define CONFIG_MAX ((size_t)16 << 20)

void
configured_free(struct configured *c)
{
	kconfig_free(&c->config);
	kconfig_free(&c->asked);
}

bool
configured_text(struct cli *cli, const char *shown, const struct str *text, struct configured *out)
{
	*out = (struct configured){.shown = shown};
	kconfig_parse_config(shown, str_text(text), text->len, &cli->arena, &out->config);
	return out->config.last.n;
}

/* Recipes */

static void
take(struct session *s, struct configured *out, const struct config_line *l)
{
	struct arena *a = &s->cli->arena;
	struct place at = l->at;
	const char *text = at.file ? recipe_source(s->recipe, at.file) : NULL;
	struct config_line copy;

	if (text && at.key)
		place_find(text, &at);
	copy = (struct config_line){arena_strdup(a, l->name),
				    arena_strdup(a, l->value),
				    {.file = arena_strdup(a, at.file), .line = at.line}};
	kconfig_set(&out->asked, a, &copy);
}

/* A fragment of the project as it is now: its key was that of the result. */
static void
take_fragment(struct session *s, struct configured *out, const struct source *src)
{
	struct str cleanup_str text = {0};
	cleanup_free char *path = xasprintf("%s/%s", src->file.root, src->file.rel);
	struct kconfig k;

	if (src->kind != SRC_FILE || userfile_read(path, &text, CONFIG_MAX))
		return;
	kconfig_parse_config(src->file.shown, str_text(&text), text.len, &s->cli->arena, &k);
	for (size_t i = 0; i < k.n; i++)
		take(s, out, &k.v[i]);
	kconfig_free(&k);
}

/* What the check's record says was asked, and on top of it where. */
static void
take_asked(struct session *s, const struct plan_step *ps, const struct str *record, struct configured *out)
{
	struct kconfig k;

	kconfig_parse_config("", str_text(record), record->len, &s->cli->arena, &k);
	for (size_t i = 0; i < k.n; i++)
		kconfig_set(&out->asked, &s->cli->arena, &k.v[i]);
	kconfig_free(&k);
	for (const struct param *p = ps->step->prim->params; p->name; p++) {
		const struct symbols *set = (const void *)((const char *)ps->bound + p->offset);

		if (p->type != P_SYMBOLS)
			continue;
		for (size_t i = 0; i < set->fragments.n; i++)
			take_fragment(s, out, &set->fragments.v[i]);
		for (size_t i = 0; i < set->n; i++)
			take(s, out, &(struct config_line){set->v[i].name, set->v[i].value, set->v[i].at});
	}
}

static void
add_word(const struct session *s, const struct value *v, struct str *out)
{
	str_add(out, out->len ? ", " : "");
	if (v->type == V_FILE)
		str_add(out, v->file.shown);
	else if (v->type == V_REF)
		str_addf(out, "%s%s%s", s->recipe->steps[v->ref.step].name, *v->ref.path ? "/" : "", v->ref.path);
	else if (v->type == V_STRING)
		str_addn(out, v->str.s, v->str.len);
	for (size_t i = 0; v->type == V_TABLE && i < v->table.nitems; i++)
		add_word(s, &v->table.items[i], out);
}

/* What the recipe says the configuration began with, as `kernel` of stdlib hands it to its check: the preset and the
 * fragments of the library are the first two lists of what is asked for. */
static const char *
begun_with(const struct session *s, const struct step *step)
{
	static const char *const ways[] = {"preset", "fragments"};
	const struct value *base = value_field(&step->params, "base"), *saved = value_field(&step->params, "saved");
	const struct value *asked = value_field(&step->params, "symbols"), *v = base ? base : saved;
	const char *way = base ? NULL : "saved";
	struct str cleanup_str text = {0};

	if (!str_ends(step->name, "/honoured"))
		return NULL;
	for (size_t i = 0; !v && i < ARRAY_LEN(ways) && asked->type == V_TABLE && i < asked->table.nitems; i++)
		if (asked->table.items[i].type == V_TABLE && asked->table.items[i].table.nitems)
			v = &asked->table.items[i], way = ways[i];
	if (!v)
		return NULL;
	add_word(s, v, &text);
	return arena_printf(&s->cli->arena, "%s%s%s", way ? way : "", way ? " " : "", str_text(&text));
}

int
configured_check(struct session *s, const struct plan_step *ps, struct configured *out, struct err *err)
{
	struct str cleanup_str config = {0}, asked = {0};
	const struct tree *t;

	*out = (struct configured){.shown = ps->step->name, .recipe = true};
	if (ps->state != PLAN_CACHED) {
		err_set(err, "E1015", "the configuration of `%s` is not made yet, or not as asked", ps->step->name);
		return err_help(err, "`%s` makes it", build_command(s, "run", ps->step->name));
	}
	t = session_tree(s, &ps->result.tree, err);
	if (!t || tree_read(t, ".config", &config, CONFIG_MAX, err) ||
	    tree_read(t, "asked.config", &asked, CONFIG_MAX, err))
		return -1;
	kconfig_parse_config(out->shown, str_text(&config), config.len, &s->cli->arena, &out->config);
	take_asked(s, ps, &asked, out);
	out->base = begun_with(s, ps->step);
	return 0;
}
