#include "cli/steplog.h"

#include "base/err.h"
#include "cli/session.h"
#include "run/logs.h"

const char *
steplog_newest(struct session *s, const char *step)
{
	return s->store ? log_last(s->store, s->recipe->name, step, &s->arena) : NULL;
}

const char *
steplog(struct session *s, const struct plan_step *ps)
{
	struct err quiet = {0};
	struct record rec;
	const char *name = NULL;

	if (ps->state != PLAN_CACHED)
		return steplog_newest(s, ps->step->name);
	if (store_record(s->store, &ps->key, &s->arena, &rec, &quiet) == 1)
		name = rec.log;
	err_free(&quiet);
	return name;
}
