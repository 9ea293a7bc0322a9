/* Implements job_lineage of model/job.h: what the store knows of the steps before this one. */
#include "model/lineage.h"
#include "model/matrix.h"

#include "run/job_impl.h"

/* What a record holds besides the result. The place of a line in the recipe is none of it: the key does not hold it. */
static int
take_facts(struct job *job, struct ancestor *a, struct err *err)
{
	struct record rec = {0};
	struct fact *v;

	if (a->ps->state != PLAN_CACHED)
		return 0;
	if (store_record(job->store, &a->ps->key, &job->arena, &rec, err) < 0)
		return -1;
	a->facts = v = arena_array(&job->arena, struct fact, rec.nnotes + 1);
	for (size_t i = 0; i < rec.nnotes; i++)
		v[a->nfacts++] = (struct fact){rec.notes[i].key, rec.notes[i].value};
	return 0;
}

const struct lineage *
job_lineage(struct job *job, struct err *err)
{
	const struct step *step = job->ps->step;
	const struct recipe *r = recipe_own(job->plan->recipe, step);
	cleanup_free bool *mark = lineage_mark(job->plan->recipe, step);
	struct lineage *l = arena_new(&job->arena, struct lineage);

	l->recipe = r;
	l->v = arena_array(&job->arena, struct ancestor, r->nsteps + 1);
	for (size_t i = 0; i < r->nsteps; i++) {
		const uint32_t number = recipe_number(step, i);
		struct ancestor *a = &l->v[l->n];

		if (!mark[number])
			continue;
		*a = (struct ancestor){.ps = &job->plan->v[number], .name = r->steps[i].name};
		if (take_facts(job, a, err) || lineage_files(a, job->env, &job->arena, err))
			return NULL;
		l->n++;
	}
	return l;
}
