/* manifest: what a build was made of, as JSON */
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "base/str.h"
#include "cli/session.h"
#include "cli/show.h"
#include "data/json.h"
#include "model/lineage.h"
#include "os/proc.h"

static void
add_options(struct json *to, const struct recipe *r)
{
	struct json *list = json_add_object(to, "options");

	for (size_t i = 0; i < r->noptions; i++) {
		struct json *o = json_add_object(list, r->options[i].name);

		lineage_option_json(r, &r->options[i], o, "value");
		json_bool(o, "given", r->options[i].given);
	}
}

static void
add_texts(struct json *to, struct recipe *r)
{
	struct json *list = json_add_object(to, "texts");
	cleanup_arena struct arena a = {0};
	struct map by_path = {0};
	char hex[HASH_HEX];

	for (const struct recipe_text *t = r->texts; t < r->texts + r->ntexts; t++)
		if (t->shown)
			map_set(&by_path, arena_printf(&a, "%s/%s", t->root, t->rel),
				arena_strdup(&a, hash_hex(&t->hash, hex)));
	map_sort(&by_path);
	for (size_t i = 0; i < by_path.n; i++)
		json_string(list, by_path.v[i].key, by_path.v[i].value);
	map_free(&by_path);
}

enum { MANIFEST_MAX = 16 << 20 };

/* Of all steps: when the last one was built, and how long they took. */
struct took {
	int64_t newest;
	double seconds;
};

static int
add_result(struct session *s, struct json *j, const struct plan_step *ps, struct took *t, struct err *err)
{
	struct arena a = {0};
	struct record rec = {0};
	struct json *notes;
	char hex[HASH_HEX];
	int r = store_record(s->store, &ps->key, &a, &rec, err);

	json_string(j, "result", hash_hex(&ps->result.tree, hex));
	json_int(j, "epoch", ps->result.epoch);
	json_double(j, "seconds", ps->result.seconds);
	t->seconds += ps->result.seconds;
	if (r > 0 && rec.when > t->newest)
		t->newest = rec.when;
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
add_steps(struct session *s, struct json *to, struct took *t, struct err *err)
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
		if (ps->dirty)
			json_bool(j, "dirty", true);
		if (ps->step->edited)
			json_string(j, "folder", ps->step->edited);
		json_string(j, "key", ps->has_key ? hash_hex(&ps->key, hex) : NULL);
		if (ps->pin)
			json_string(j, "pin", ps->pin);
		inputs = json_add_array(j, "inputs");
		for (size_t k = 0; k < ps->step->ninputs; k++)
			json_string(inputs, NULL, s->recipe->steps[ps->step->inputs[k]].name);
		if (ps->state == PLAN_CACHED && add_result(s, j, ps, t, err) < 0)
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

/* The fields that the recipe's own manifest has under the names of the shell pipelines, or null. */
static const char *const known[] = {
	"build_time_iso8601", "source_date_epoch", "host_user",     "host_uname",    "kernel_release",
	"expected_vermagic",  "localversion",      "cross_compile", "toolchain_gcc", "defconfig_sha256",
	"config_sha256",      "git_head",          "git_state",     "headers_deb",
};

/* What the step `build_manifest` wrote, where the recipe has one and it ran. */
static int
read_written(struct session *s, struct value *out, struct err *err)
{
	for (size_t i = 0; i < s->plan.n; i++) {
		const struct plan_step *ps = &s->plan.v[s->plan.order[i]];
		cleanup_str struct str text = {0};
		const struct tree *t;

		if (strcmp(ps->step->prim->name, "build_manifest") != 0 || ps->state != PLAN_CACHED)
			continue;
		t = session_tree(s, &ps->result.tree, err);
		for (size_t k = 0; t && k < t->n; k++)
			if (S_ISREG(t->v[k].mode))
				return tree_read(t, t->v[k].path, &text, MANIFEST_MAX, err) ||
						       json_parse(str_text(&text), text.len, MANIFEST_MAX, t->v[k].path,
								  &s->arena, out, err)
					       ? -1
					       : 0;
		return t ? 0 : -1;
	}
	return 0;
}

static int
add_written(struct session *s, struct json *j, struct err *err)
{
	struct value written = {0};

	if (read_written(s, &written, err))
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		const struct value *v = written.type == V_TABLE ? value_field(&written, known[i]) : NULL;

		if (v)
			json_value(j, known[i], v);
		else
			json_null(j, known[i]);
	}
	if (written.type == V_TABLE)
		json_value(j, "written", &written);
	return 0;
}

/* What git says in the project's folder, trimmed; NULL where it says nothing. */
static char *
ask_git(struct session *s, const char *a, const char *b, const char *c)
{
	const char *argv[] = {"git", "-C", s->recipe->root, a, b, c, NULL};
	cleanup_str struct str said = {0};
	cleanup_fd int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct err err = {0};
	int status = proc_capture(&(struct proc_spec){.argv = argv, .dir = -1, .in = -1, .out = -1, .errfd = null},
				  &said, 1 << 20, &err);

	err_free(&err);
	return status ? NULL : arena_strndup(&s->arena, str_text(&said), strcspn(str_text(&said), "\n"));
}

/* What changes from run to run and from machine to machine; so it is in no result. */
static void
add_run(struct session *s, struct json *j, int64_t newest, double seconds)
{
	struct json *run = json_add_object(j, "run");
	const char *head = ask_git(s, "rev-parse", "HEAD", "--");
	const char *state = ask_git(s, "status", "--porcelain", "--untracked-files=normal");
	const struct passwd *user = getpwuid(getuid());
	struct utsname u;
	char date[32] = "";
	time_t when = newest;
	struct tm tm;

	if (newest > 0 && gmtime_r(&when, &tm))
		strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &tm);
	json_string(run, "build_time_iso8601", *date ? date : NULL);
	json_double(run, "seconds", seconds);
	json_string(run, "host_user", user ? user->pw_name : NULL);
	json_string(run, "host_uname",
		    uname(&u) ? NULL
			      : arena_printf(&s->arena, "%s %s %s %s", u.sysname, u.nodename, u.release, u.machine));
	json_string(run, "git_head", head);
	json_string(run, "git_state", !head ? NULL : !state || *state ? "dirty" : "clean");
}

static int
print_manifest(struct session *s, struct err *err)
{
	cleanup_json struct json *j = json_object();
	cleanup_str struct str text = {0};
	struct took t = {0};

	json_string(j, "jkr", JKR_VERSION);
	json_string(j, "recipe", s->recipe->name);
	json_string(j, "version", s->recipe->version);
	json_string(j, "license", s->recipe->license);
	json_string(j, "summary", s->recipe->summary);
	json_bool(j, "complete", !plan_count(&s->plan, PLAN_RUN) && !plan_count(&s->plan, PLAN_AFTER));
	json_bool(j, "dirty", plan_dirty(&s->plan));
	if (add_written(s, j, err) < 0)
		return -1;
	add_options(j, s->recipe);
	add_texts(j, s->recipe);
	if (add_steps(s, j, &t, err) < 0 || add_artifacts(s, j, err) < 0)
		return -1;
	add_run(s, j, t.newest, t.seconds);
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
	       "everything is built. On top stand the fields of the recipe's own manifest (`build_manifest`), under `written` all of it: the same bytes "
	       "wherever they are built. `run` holds what is not: when, where, by whom and from which commit it was built here, and how long that took.",
	.options = "define profile plugin with",
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
