/* farm_command: the command line of an executor for one step. */
#include <inttypes.h>
#include <string.h>

#include "run/farm.h"
#include "run/farm_own.h"
#include "run/job_impl.h"
#include "store/depot.h"
#include "store/shared.h"

struct going {
	struct job *job;
	const struct executor *on;
	const char *avoid; /* a machine, "" none */
};

static void
add_value(struct str *out, const struct going *t, const char *name, size_t n, const char *digest)
{
	const struct step_common *c = &t->job->ps->step->common;
	const int64_t memory = c->memory > 0 ? c->memory : t->on->memory;

	if (!strncmp(name, "cpus", n) && n == 4)
		str_addf(out, "%" PRId64, c->cpus > 0 ? c->cpus : t->on->cpus);
	else if (!strncmp(name, "mem_mb", n) && n == 6 && memory)
		str_addf(out, "%" PRId64, (memory + (1 << 20) - 1) >> 20);
	else if (!strncmp(name, "step", n) && n == 4)
		str_add(out, job_name(t->job));
	else if (!strncmp(name, "digest", n) && n == 6)
		str_addn(out, digest, 12);
	else if (!strncmp(name, "avoid", n) && n == 5)
		str_add(out, t->avoid);
	for (size_t i = 0; !strncmp(name, "features", n) && n == 8 && i < c->features.n; i++)
		str_addf(out, "%s%s", i ? "&" : "", c->features.v[i]);
}

/* A word whose value is not known is left out: `--mem={mem_mb}` of a step that says none. */
static const char *
fill(const struct going *t, const char *word, const char *digest)
{
	cleanup_str struct str out = {0};

	while (*word) {
		size_t n = strcspn(word, "{"), had;
		const char *end = word[n] ? strchr(word + n, '}') : NULL;

		str_addn(&out, word, n);
		word += n;
		if (!end) {
			str_add(&out, word);
			break;
		}
		had = out.len;
		add_value(&out, t, word + 1, (size_t)(end - word) - 1, digest);
		if (out.len == had)
			return NULL;
		word = end + 1;
	}
	return arena_strdup(&t->job->arena, str_text(&out));
}

const char *const *
farm_command(const struct executor *on, struct job *job, const char *avoid, const char *name)
{
	const struct going going = {job, on, avoid}, *t = &going;
	struct arena *a = &job->arena;
	size_t n = 0, words = 0;
	const char **v;

	while (t->on->prefix[words])
		words++;
	v = arena_array(a, const char *, words + 8);
	for (size_t i = 0; i < words; i++) {
		const char *word = fill(t, t->on->prefix[i], name);

		if (word)
			v[n++] = word;
	}
	v[n++] = t->on->jkr;
	v[n++] = "worker";
	v[n++] = "--cache";
	v[n++] = t->on->cache ? t->on->cache : depot_address(shared_depot(job->opt->shared));
	v[n++] = "--cache-write";
	v[n++] = name;
	return v;
}
