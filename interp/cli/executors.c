#include "cli/executors.h"

#include <string.h>

#include "base/near.h"
#include "base/str.h"
#include "cli/session.h"
#include "data/form.h"
#include "run/farm.h"

#define CODE "E1051"

enum { SLOTS = 64, WORDS_MAX = 64 };

#define KEY(name, type, flags, doc)                         \
	{                                                   \
		name, type, flags, 0, doc, NULL, NULL, 0, 0 \
	}

const struct param executor_form[] = {
	KEY("prefix", P_STRING, P_REQUIRED,
	    "The front of the command, such as `srun -n1 --cpus-per-task={cpus}`; words are parted by blanks. {cpus}, {mem_mb}, {features}, {step}, {digest} and "
	    "{avoid} (the machine where the step was lost) are filled in; a word whose value is not known is left out."),
	KEY("jkr", P_STRING, 0, "The path of jkr there; `jkr` when not said."),
	KEY("cache", P_STRING, 0, "The shared cache's address as it is seen there; as it is here when not said."),
	KEY("slots", P_STRING, 0, "How many steps may be there at once; 64 when not said."),
	KEY("cpus", P_STRING, 0, "Processors of a step that does not say; 1 when not said."),
	KEY("memory", P_STRING, 0, "Memory of a step that does not say, such as 4G."),
	KEY("steps", P_STRING, 0,
	    "`containers`: steps that run programs, or `all` that can travel; `containers` when not said."),
	{0},
};

static int
bad(const struct field *f, const char *takes, struct err *err)
{
	err_set(err, CODE, "`%s` of an executor takes %s", f->key, takes);
	return err_at(err, f->value.at);
}

static int
take_prefix(struct arena *a, const struct field *f, struct executor *out, struct err *err)
{
	const char **v = arena_array(a, const char *, WORDS_MAX + 1);
	size_t n = 0;

	if (f->value.type != V_STRING)
		return bad(f, "the front of a command line", err);
	for (const char *s = f->value.str.s; *(s += strspn(s, " \t\n"));) {
		size_t k = strcspn(s, " \t\n");

		if (n == WORDS_MAX)
			return bad(f, "at most 64 words", err);
		v[n++] = arena_strndup(a, s, k);
		s += k;
	}
	out->prefix = v;
	return n ? 0 : bad(f, "the front of a command line", err);
}

static int
take_number(const struct field *f, int64_t *out, struct err *err)
{
	if (f->value.type != V_INT || f->value.i < 1 || f->value.i > 100000)
		return bad(f, "a number from 1 to 100000", err);
	*out = f->value.i;
	return 0;
}

static int
take_memory(const struct field *f, int64_t *out, struct err *err)
{
	*out = f->value.type == V_INT ? f->value.i : f->value.type == V_STRING ? parse_size(f->value.str.s) : -1;
	return *out > 0 ? 0 : bad(f, "a size such as 4G", err);
}

static int
take_steps(const struct field *f, bool *out, struct err *err)
{
	*out = f->value.type == V_STRING && !strcmp(f->value.str.s, "all");
	return *out || (f->value.type == V_STRING && !strcmp(f->value.str.s, "containers"))
		       ? 0
		       : bad(f, "`containers` or `all`", err);
}

static int
take_text(struct arena *a, const struct field *f, const char **out, struct err *err)
{
	if (f->value.type != V_STRING)
		return bad(f, "a text", err);
	*out = arena_strdup(a, f->value.str.s);
	return 0;
}

static int
take_key(struct arena *a, const struct field *f, struct executor *out, struct err *err)
{
	switch (*f->key) {
	case 'p': return take_prefix(a, f, out, err);
	case 'j': return take_text(a, f, &out->jkr, err);
	case 'm': return take_memory(f, &out->memory, err);
	case 'c': return f->key[1] == 'a' ? take_text(a, f, &out->cache, err) : take_number(f, &out->cpus, err);
	default: return f->key[1] == 'l' ? take_number(f, &out->slots, err) : take_steps(f, &out->all, err);
	}
}

static int
take_one(struct arena *a, const struct field *f, struct executor *out, struct err *err)
{
	*out = (struct executor){.name = arena_strdup(a, f->key), .jkr = "jkr", .slots = SLOTS, .cpus = 1};
	if (f->value.type != V_TABLE || f->value.table.nitems) {
		err_set(err, CODE, "executor `%s` is %s, not a table with `prefix`", f->key,
			value_type_name(&f->value));
		return err_at(err, f->value.at);
	}
	if (form_check(executor_form, &f->value, "an executor", err))
		return -1;
	for (size_t i = 0; i < f->value.table.nfields; i++)
		if (take_key(a, &f->value.table.fields[i], out, err))
			return -1;
	if (out->prefix)
		return 0;
	err_set(err, CODE, "executor `%s` has no `prefix`", f->key);
	return err_at(err, f->value.at);
}

/* Files come from the strongest to the weakest: who is named already stays. */
int
executors_take(struct cli *cli, const struct value *v, bool project, struct err *err)
{
	if (project) {
		err_set(err, CODE, "a project names no `executors`");
		err_at(err, v->at);
		return err_help(
			err,
			"they start commands: put them into $XDG_CONFIG_HOME/jkr/config.yaml or /etc/jkr/config.yaml");
	}
	if (v->type != V_TABLE || v->table.nitems) {
		err_set(err, CODE, "`executors` is %s, not a table", value_type_name(v));
		return err_at(err, v->at);
	}
	for (size_t i = 0; i < v->table.nfields; i++) {
		const struct field *f = &v->table.fields[i];
		struct executor *e = arena_new(&cli->arena, struct executor);

		if (take_one(&cli->arena, f, e, err))
			return -1;
		if (!map_has(&cli->executors, f->key))
			map_set(&cli->executors, e->name, e);
	}
	return 0;
}

static int
unknown(const struct cli *cli, struct err *err)
{
	const char *names[WORDS_MAX], *near;
	size_t n = 0;

	for (; n < cli->executors.n && n < WORDS_MAX; n++)
		names[n] = cli->executors.v[n].key;
	err_set(err, CODE, "there is no executor `%s`", cli->on);
	near = near_name(cli->on, names, n);
	if (near)
		return err_help(err, "did you mean `%s`?", near);
	return err_help(err, "write `executors: {%s: {prefix: …}}` into $XDG_CONFIG_HOME/jkr/config.yaml", cli->on);
}

int
executors_find(struct session *s, const struct executor **out, struct err *err)
{
	const struct cli *cli = s->cli;

	*out = NULL;
	if (!cli->on || !strcmp(cli->on, "none"))
		return 0;
	*out = map_get(&cli->executors, cli->on);
	if (!*out)
		return unknown(cli, err);
	if (s->shared && cli->cache && strcmp(cli->cache, "none") != 0)
		return 0;
	err_set(err, CODE, "`--on %s` needs a shared cache, through which steps and results travel", cli->on);
	return err_help(err, "name one that both machines reach: `--cache https://…`, or `cache:` in jkr.yaml");
}
