/* The process of one step: calls the primitive, publishes its layer, reports, ends. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "model/capabilities.h"
#include "os/fs.h"
#include "run/job_impl.h"
#include "run/warm.h"
#include "run/wire.h"

/* The tree that the step writes onto. */
static int
take_below(struct job *job, const struct source *on, struct err *err)
{
	const char *sub;

	if (on->kind == SRC_REF && on->ref.path && *on->ref.path) {
		err_set(err, "E0315", "`on` takes a whole result, not `%s` inside it", on->ref.path);
		err_help(err, "write onto the step, and name `%s` in the path", on->ref.path);
		return err_at(err, on->at);
	}
	job->below = job_folder(job, on, &sub, err);
	return job->below ? 0 : -1;
}

static int
prepare(struct job *job, struct err *err)
{
	const struct source *on = &job->ps->step->common.on;
	struct rlimit core = {0, 0};

	setrlimit(RLIMIT_CORE, &core);
	umask(022);
	job->layer_fd = job_subdir(job, "layer", err);
	if (job->layer_fd < 0)
		return -1;
	job->layer_sub = "layer";
	if (job->ps->step->prim->flags & PRIM_ON && on->kind != SRC_NONE && take_below(job, on, err))
		return -1;
	job->layer = layer_new(job->layer_fd, job->below);
	return 0;
}

/* Who is held to paths changes nothing else of a tree. */
static int
hold(struct job *job, struct err *err)
{
	const struct capabilities *const *may = job->ps->step->may;
	const struct entry *v = NULL;
	size_t n = 0;

	if (!may[0] || !job->below)
		return 0;
	v = layer_list(job->layer, &n, err);
	if (err_any(err))
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(job->ps->step->may) && may[i]; i++)
		if (capabilities_changed(may[i], job->below, v, n, err))
			return -1;
	return 0;
}

static int
work(struct job *job, struct hash *tree, struct err *err)
{
	const struct prim *prim = job->ps->step->prim;
	const void *bound = job->ps->bound ? job->ps->bound : job->ps->step->bound;

	if (prepare(job, err) || (!job->ps->idle && prim->run(job, bound, err)))
		return -1;
	if (job->aside)
		return 0;
	if (job->has) {
		*tree = job->had;
		return 0;
	}
	warm_announce(job);
	if (upper_take_layer(job, err) || hold(job, err))
		return -1;
	if (store_publish(job->store, job->layer, job->tmp, job->layer_sub, job->below, NULL, tree, err))
		return err_wrap(err, "the result cannot be stored");
	tags_end(job);
	return warm_commit(job, err);
}

/* A compile that failed keeps what it compiled: the next run goes on there, as make does. Not so when it
 * was killed, for a killed compiler leaves half a file. */
static void
keep_warm(struct job *job)
{
	struct err unkept = {0};

	if (job->warm.dir >= 0 && job->warm.whole && warm_commit(job, &unkept))
		job_note(job, "the build directory could not be kept: %s", unkept.head->msg);
	err_free(&unkept);
}

_Noreturn void
job_child(struct job *job)
{
	struct wire_result result;
	struct err err = {0};

	job->epoch = -1;
	memset(&result, 0, sizeof result);
	if (work(job, &result.tree, &err) || err_any(&err)) {
		if (!err_any(&err))
			err_set(&err, "E0306", "`%s` failed without saying why", job->ps->step->prim->name);
		step_place(job->ps->step, &err);
		keep_warm(job);
		wire_send_err(job->wire, &err);
		_exit(1);
	}
	teardown_end(&job->teardown);
	result.epoch = job->epoch;
	wire_send(job->wire, WIRE_RESULT, &result, sizeof result);
	_exit(0);
}
