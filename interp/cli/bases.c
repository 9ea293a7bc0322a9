#include "cli/bases.h"

#include <string.h>

#include "base/str.h"
#include "cli/build.h"
#include "data/kwhy.h"
#include "os/fs.h"
#include "run/aside.h"

#define SCRIPT_MAX ((size_t)64 << 10)

static const char *const taken[] = {"config",           "defconfig",    "defconfig.left",    "allnoconfig",
				    "allnoconfig.left", "alldefconfig", "alldefconfig.left", NULL};

struct texts {
	struct arena *a;
	const char *v[ARRAY_LEN(taken)];
};

static void
record(void *ctx, const char *key, const char *value)
{
	struct texts *t = ctx;

	for (size_t i = 0; taken[i]; i++)
		if (!strcmp(key, taken[i]))
			t->v[i] = arena_strdup(t->a, value);
}

/* Plans the step alone, with all that it takes in there. */
static int
begin(struct session *s, const char *name, uint32_t *step, int *interrupted, struct err *err)
{
	uint32_t *steps = arena_array(&s->arena, uint32_t, s->recipe->nsteps + 1);

	if (!session_find(s, name, steps, err) || session_plan(s, &name, 1, true, err))
		return -1;
	*step = *steps;
	return build_inputs(s, *step, interrupted, err) || *interrupted ? -1 : 0;
}

static void
parse(struct texts *t, size_t i, struct kconfig *out)
{
	kconfig_parse_config(taken[i], t->v[i], strlen(t->v[i]), t->a, out);
}

int
bases_ask(struct session *s, const char *name, struct bases *out, int *interrupted, struct err *err)
{
	struct texts t = {.a = &s->cli->arena};
	struct run_options opt = build_options(s);
	struct aside a = {.plan = &s->plan,
			  .env = &s->env,
			  .opt = &opt,
			  .shell = true,
			  .take = taken,
			  .record = record,
			  .ctx = &t};
	struct str cleanup_str script = {0};
	cleanup_fd int fd = kwhy_open("bases.sh", err);
	int status = 0;

	*out = (struct bases){0};
	if (fd < 0)
		return -1;
	if (fs_read(fd, &script, SCRIPT_MAX))
		return err_sys(err, "E0206", "cannot read the helper `bases.sh`");
	if (begin(s, name, &a.step, interrupted, err))
		return -1;
	a.store = s->store;
	a.script = arena_printf(t.a, "set -- /jkr/out \"$@\"\n%s", str_text(&script));
	if (aside_run(&a, &status, err))
		return -1;
	*interrupted = status > 128 ? status - 128 : 0;
	for (size_t i = 0; !status && taken[i]; i++)
		status = !t.v[i];
	if (status)
		return err_set(err, "E1026", "the kernel's make did not bring the configuration to this tree");
	parse(&t, 0, &out->config);
	for (size_t i = 0; i < ARRAY_LEN(out->v); i++) {
		out->v[i].name = taken[1 + 2 * i];
		parse(&t, 1 + 2 * i, &out->v[i].differs);
		parse(&t, 2 + 2 * i, &out->v[i].left);
	}
	return 0;
}

const struct base *
bases_nearest(const struct bases *b)
{
	const struct base *best = b->v;

	for (const struct base *v = b->v + 1; v < b->v + ARRAY_LEN(b->v); v++)
		if (v->left.last.n != best->left.last.n ? v->left.last.n < best->left.last.n
							: v->differs.last.n < best->differs.last.n)
			best = v;
	return best;
}

void
bases_free(struct bases *b)
{
	kconfig_free(&b->config);
	for (size_t i = 0; i < ARRAY_LEN(b->v); i++) {
		kconfig_free(&b->v[i].differs);
		kconfig_free(&b->v[i].left);
	}
}

int
bases_why(struct session *s, const char *name, const char *const *names,
	  void (*say)(void *ctx, const char *name, const char *text), void *ctx, int *interrupted, struct err *err)
{
	struct run_options opt = build_options(s);
	struct aside a = {.plan = &s->plan, .env = &s->env, .opt = &opt, .questions = names, .record = say, .ctx = ctx};
	int status = 0;

	if (begin(s, name, &a.step, interrupted, err))
		return -1;
	a.store = s->store;
	if (aside_run(&a, &status, err))
		return -1;
	*interrupted = status > 128 ? status - 128 : 0;
	return *interrupted ? -1 : 0;
}
