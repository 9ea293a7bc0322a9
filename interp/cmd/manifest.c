/* manifest: what a build was made of, as JSON */
#include <stdio.h>

#include "base/str.h"
#include "cli/session.h"
#include "cli/show.h"
#include "data/json.h"

static void
add_options(struct json *to, const struct recipe *r)
{
	struct json *list = json_add_object(to, "options");

	for (size_t i = 0; i < r->noptions; i++) {
		struct json *o = json_add_object(list, r->options[i].name);

		json_value(o, "value", &r->options[i].value);
		json_bool(o, "given", r->options[i].given);
	}
}

static void
add_texts(struct json *to, struct recipe *r)
{
	struct json *list = json_add_object(to, "texts");

	map_sort(&r->inputs);
	for (size_t i = 0; i < r->inputs.n; i++)
		json_string(list, r->inputs.v[i].key, r->inputs.v[i].value);
}

static int
add_result(struct session *s, struct json *j, const struct plan_step *ps, struct err *err)
{
	struct arena a = {0};
	struct record rec = {0};
	struct json *notes;
	char hex[HASH_HEX];
	int r = store_record(s->store, &ps->key, &a, &rec, err);

	json_string(j, "result", hash_hex(&ps->result.tree, hex));
	json_int(j, "epoch", ps->result.epoch);
	json_double(j, "seconds", ps->result.seconds);
	if (r > 0) {
		json_int(j, "when", rec.when);
		notes = json_add_object(j, "record");
		for (size_t i = 0; i < rec.nnotes; i++)
			json_string(notes, rec.notes[i].key, rec.notes[i].value);
	}
	arena_free(&a);
	return r < 0 ? -1 : 0;
}

static int
add_steps(struct session *s, struct json *to, struct err *err)
{
	struct json *list = json_add_array(to, "steps");
	cleanup_arena struct arena a = {0};
	char hex[HASH_HEX];

	for (size_t i = 0; i < s->plan.n; i++) {
		const struct plan_step *ps = &s->plan.v[s->plan.order[i]];
		struct json *j = json_add_object(list, NULL), *inputs;

		json_string(j, "name", ps->step->name);
		json_string(j, "primitive", ps->step->prim->name);
		json_string(j, "place", arena_printf(&a, "%s:%u", ps->step->at.file, ps->step->at.line));
		json_string(j, "state", plan_state_name(ps->state));
		if (*ps->reason)
			json_string(j, "reason", ps->reason);
		json_string(j, "key", ps->has_key ? hash_hex(&ps->key, hex) : NULL);
		if (ps->pin)
			json_string(j, "pin", ps->pin);
		inputs = json_add_array(j, "inputs");
		for (size_t k = 0; k < ps->step->ninputs; k++)
			json_string(inputs, NULL, s->recipe->steps[ps->step->inputs[k]].name);
		if (ps->state == PLAN_CACHED && add_result(s, j, ps, err) < 0)
			return -1;
	}
	return 0;
}

static int
add_artifacts(struct session *s, struct json *to, struct err *err)
{
	struct json *list = json_add_array(to, "artifacts");
	struct artifact *v;
	size_t n;

	if (artifacts_collect(s, NULL, &v, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct json *j = json_add_object(list, NULL);

		json_string(j, "name", v[i].name);
		json_string(j, "sha256", v[i].sha256);
		json_uint(j, "size", v[i].size);
		json_string(j, "kind", v[i].folder ? "folder" : "file");
	}
	return 0;
}

static int
print_manifest(struct session *s, struct err *err)
{
	cleanup_json struct json *j = json_object();
	cleanup_str struct str text = {0};

	json_string(j, "jkr", JKR_VERSION);
	json_string(j, "recipe", s->recipe->name);
	json_string(j, "version", s->recipe->version);
	json_string(j, "license", s->recipe->license);
	json_string(j, "summary", s->recipe->summary);
	json_bool(j, "complete", !plan_count(&s->plan, PLAN_RUN) && !plan_count(&s->plan, PLAN_AFTER));
	add_options(j, s->recipe);
	add_texts(j, s->recipe);
	if (add_steps(s, j, err) < 0 || add_artifacts(s, j, err) < 0)
		return -1;
	json_print(j, true, &text);
	fputs(str_text(&text), stdout);
	return 0;
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct session s;
	int r = session_load(&s, cli, cli->argv[0], err);

	if (!r)
		r = session_plan(&s, NULL, 0, false, err);
	if (!r)
		r = print_manifest(&s, err);
	session_close(&s);
	return r < 0 ? err_status(err) : ST_OK;
}

const struct command cmd_manifest = {
	.name = "manifest",
	.usage = "RECIPE",
	.doc = "Print what a build is made of, as JSON. It holds options, every text that was read, every step with its key, pins, "
	       "result, duration and record (such as the hash of each patch), and the artifacts. `complete` says whether "
	       "everything is built.",
	.options = "define profile plugin",
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
