/* why_step: why a step runs or need not: its key beside that of its last run, and who made its result. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "cli/remade.h"
#include "cli/sharing.h"
#include "cli/show.h"
#include "cli/steplog.h"
#include "cli/why.h"
#include "data/json.h"
#include "model/key.h"
#include "os/fs.h"
#include "run/logs.h"

#define LOG_READ ((size_t)256 << 20)

/* The key that a step had when it last ran, where that was another. */
struct since {
	struct hash key;
	struct key_line *v;
	size_t n;
	bool known;
};

const char *
why_made(struct session *s, const struct hash *key)
{
	cleanup_str struct str b = {0}, safe = {0};
	struct record rec;
	char when[32];
	struct tm tm;
	time_t at;

	if (sharing_record(s, key, &rec)) {
		at = (time_t)rec.when;
		if (at > 0 && localtime_r(&at, &tm) && strftime(when, sizeof when, "%Y-%m-%d %H:%M", &tm))
			str_addf(&b, ", %s", when);
		if (rec.machine)
			str_addf(&b, " on %s", rec.machine);
		if (rec.run)
			str_addf(&b, " by `jkr run %s`", rec.run);
	}
	str_add_safe(&safe, str_text(&b), b.len);
	return arena_strdup(&s->arena, str_text(&safe));
}

static void
find_since(struct session *s, const struct plan_step *ps, struct since *out)
{
	cleanup_free char *before = NULL;

	*out = (struct since){0};
	if (!ps->has_key || !store_last(s->store, s->recipe->name, ps->step->name, &out->key, NULL) ||
	    !hash_cmp(&out->key, &ps->key))
		return;
	before = store_key_text(s->store, &out->key);
	if (!before)
		return;
	out->known = true;
	out->n = key_lines(before, ps->key_text, s->recipe, ps->step, &s->arena, &out->v);
}

static void
print_since(struct session *s, const struct since *d)
{
	if (!d->known)
		return;
	printf("since it last ran%s:\n", why_made(s, &d->key));
	for (size_t i = 0; i < d->n; i++) {
		printf("  %c %s", d->v[i].mark, d->v[i].line);
		if (d->v[i].name)
			printf("  (`%s`)", d->v[i].name);
		putchar('\n');
	}
	if (!d->n)
		puts("  the same lines in another order");
}

/* What Kbuild made in the step's last run, from its log. */
static void
print_remade(struct session *s, const struct plan_step *ps)
{
	const char *name = strcmp(ps->step->prim->name, "make_in_container") ? NULL : steplog(s, ps);
	cleanup_fd int fd = name ? log_open(s->store, name) : -1;
	cleanup_str struct str log = {0}, text = {0};

	if (fd < 0 || fs_read(fd, &log, LOG_READ))
		return;
	remade_text(str_text(&log), log.len, &text);
	fputs(str_text(&text), stdout);
}

static void
print_step(struct session *s, const struct plan_step *ps)
{
	struct since since;
	char hex[HASH_HEX], time[32];

	printf("%s (%s, %s:%u): %s%s%s\n", ps->step->name, ps->step->prim->name, ps->step->at.file, ps->step->at.line,
	       plan_state_name(ps->state), *ps->reason ? ": " : "", ps->reason);
	for (size_t i = 0; i < ps->step->ninputs; i++) {
		const struct plan_step *in = &s->plan.v[ps->step->inputs[i]];

		printf("  takes in %s: %s%s%s\n", in->step->name, plan_state_name(in->state), *in->reason ? ": " : "",
		       in->reason);
	}
	if (ps->state == PLAN_CACHED)
		printf("result %.16s, made in %s%s\n", hash_hex(&ps->result.tree, hex),
		       format_duration(ps->result.seconds, time), why_made(s, &ps->key));
	find_since(s, ps, &since);
	print_since(s, &since);
	print_remade(s, ps);
	if (s->cli->key && ps->has_key)
		fputs(ps->key_text, stdout);
}

static void
add_made(struct session *s, struct json *to, const char *name, const struct hash *key)
{
	struct json *j = json_add_object(to, name);
	struct record rec;
	char hex[HASH_HEX];

	json_string(j, "key", hash_hex(key, hex));
	if (sharing_record(s, key, &rec)) {
		json_int(j, "when", rec.when);
		json_double(j, "seconds", rec.result.seconds);
		json_string(j, "machine", rec.machine);
		json_string(j, "run", rec.run);
		json_string(j, "step", rec.step);
		json_string(j, "result", hash_hex(&rec.result.tree, hex));
	}
}

static void
add_since(struct session *s, struct json *to, const struct since *d)
{
	struct json *list;

	if (!d->known)
		return;
	add_made(s, to, "last", &d->key);
	list = json_add_array(to, "lines");
	for (size_t i = 0; i < d->n; i++) {
		struct json *j = json_add_object(list, NULL);

		json_string(j, "mark", d->v[i].mark == '-' ? "-" : "+");
		json_string(j, "line", d->v[i].line);
		json_string(j, "name", d->v[i].name);
	}
}

static void
add_step(struct session *s, struct json *to, const struct plan_step *ps)
{
	struct json *j = json_add_object(to, NULL), *inputs;
	struct since since;
	char hex[HASH_HEX];

	json_string(j, "name", ps->step->name);
	json_string(j, "primitive", ps->step->prim->name);
	json_string(j, "place", arena_printf(&s->arena, "%s:%u", ps->step->at.file, ps->step->at.line));
	json_string(j, "state", plan_state_name(ps->state));
	json_string(j, "reason", ps->reason);
	json_string(j, "key", ps->has_key ? hash_hex(&ps->key, hex) : NULL);
	if (s->cli->key)
		json_string(j, "text", ps->has_key ? ps->key_text : NULL);
	inputs = json_add_array(j, "inputs");
	for (size_t i = 0; i < ps->step->ninputs; i++)
		json_string(inputs, NULL, s->recipe->steps[ps->step->inputs[i]].name);
	if (ps->state == PLAN_CACHED)
		add_made(s, j, "made", &ps->key);
	find_since(s, ps, &since);
	add_since(s, j, &since);
}

int
why_steps(struct session *s, const char *name, const uint32_t *steps, size_t n, struct err *err)
{
	cleanup_json struct json *list = json_array();
	cleanup_str struct str text = {0};

	/* one that nothing needs which the recipe returns */
	if (!s->plan.v[*steps].step && session_replan(s, &name, 1, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (wants_json(s->cli))
			add_step(s, list, &s->plan.v[steps[i]]);
		else
			print_step(s, &s->plan.v[steps[i]]);
	json_print(list, true, &text);
	if (wants_json(s->cli))
		fputs(str_text(&text), stdout);
	return 0;
}
