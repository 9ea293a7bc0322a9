/* Backends docker and podman: the client runs a container for each program. The daemon sees none of
 * jkr's private mounts, so overlays are its own local volumes; a container outlives a killed client,
 * so each bears a label with its run, and the next run removes what is left. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "os/proc.h"
#include "run/args.h"
#include "run/container.h"
#include "run/limits.h"
#include "run/run_impl.h"
#include "run/sandbox.h"

#define KILLED 137      /* a program's status: by SIGKILL */
#define CLIENT_ENDS 2.5 /* seconds; a job that is told to end has three */

/* An overlay's option string as one quoted CSV field of --mount. */
static const char *
overlay_mount_text(struct job *job, const char *base, const struct view *v, struct err *err)
{
	struct str b = {0};
	const char *text;

	str_add(&b, "lowerdir=");
	for (size_t i = 0; i < v->nlowers; i++)
		str_addf(&b, "%s%s/%s", i ? ":" : "", base, v->lowers[i]);
	if (v->upper)
		str_addf(&b, ",upperdir=%s/%s,workdir=%s/%s,volatile", base, v->upper, base, v->work);
	str_add(&b, ",userxattr");
	if (b.len > 4000)
		err_set(err, "E0312", "the tree for %s has too many layers for %s: %zu", v->at,
			sandbox_backend(job->opt->backend)->name, v->nlowers);
	text = arena_printf(&job->arena,
			    "type=volume,dst=%s%s,volume-nocopy,volume-label=" CONTAINER_LABEL
			    "=%s,volume-driver=local,volume-opt=type=overlay,\"volume-opt=o=%s\","
			    "volume-opt=device=overlay",
			    v->at, v->upper ? "" : ",readonly", job->run_id, str_text(&b));
	str_free(&b);
	return err_any(err) ? NULL : text;
}

static const char *
bind_text(struct job *job, const char *base, const struct view *v)
{
	const char *from = *v->from == '/' ? v->from : arena_printf(&job->arena, "%s/%s", base, v->from);
	cleanup_free char *full = xasprintf("%s%s%s", from, v->sub ? "/" : "", v->sub ? v->sub : "");
	cleanup_free char *real = xrealpath(full); /* the daemon does not follow our links */

	return arena_printf(&job->arena, "type=bind,src=%s,dst=%s%s", real ? real : full, v->at,
			    v->writable ? "" : ",readonly");
}

static int
add_views(struct args *a, struct job *job, const struct sandbox_plan *sp, struct err *err)
{
	const char *base = arena_printf(&job->arena, "%s/tmp/%s", store_path(job->store), job->tmp);

	if (strpbrk(base, ",:\""))
		return err_set(err, "E0312", "the store's path `%s` holds a character that a mount cannot take",
			       store_path(job->store));
	for (size_t i = 0; i < sp->nviews; i++) {
		const struct view *v = &sp->views[i];
		const char *text = v->lowers ? overlay_mount_text(job, base, v, err) : bind_text(job, base, v);

		if (!text)
			return -1;
		args_add(a, "--mount");
		args_add(a, text);
	}
	return 0;
}

static const char **
arguments(struct job *job, const struct sandbox_plan *sp, const char *image, const struct sandbox_proc *out,
	  struct err *err)
{
	static const char *const fixed[] = {
		"run",
		"--rm",
		"--init",
		"-i",
		"--network=none",
		"--read-only",
		"--cap-drop=ALL",
		"--security-opt=no-new-privileges",
		"--hostname=jkr",
		"--tmpfs=/tmp:exec,mode=1777",
		"--tmpfs=/run",
		"--entrypoint=",
		"--pull=never",
	};
	const struct step *step = job->ps->step;
	struct args a = {0};

	args_add(&a, sandbox_backend(job->opt->backend)->name);
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		args_add(&a, fixed[i]);
	if (sp->tty)
		args_add(&a, "-t");
	args_add(&a, arena_printf(&job->arena, "--user=%u:%u", geteuid(), getegid()));
	args_add(&a, arena_printf(&job->arena, "--label=" CONTAINER_LABEL "=%s", job->run_id));
	args_add(&a, arena_printf(&job->arena, "--name=%s", out->container));
	args_add(&a, arena_printf(&job->arena, "--workdir=%s", sp->sb->cwd ? sp->sb->cwd : "/"));
	args_add(&a,
		 arena_printf(&job->arena, "--cidfile=%s/tmp/%s/%s", store_path(job->store), job->tmp, out->idfile));
	args_add(&a, arena_printf(&job->arena, "--pids-limit=%" PRIu64, limits_processes(step) + PROCESSES_WALL));
	args_add(&a, arena_printf(&job->arena, "--memory=%" PRIu64, limits_memory(step, NULL)));
	if (step->common.memory) /* and no swap */
		args_add(&a, arena_printf(&job->arena, "--memory-swap=%" PRIu64, limits_memory(step, NULL)));
	for (const char *const *e = sp->env; e && *e; e++) {
		args_add(&a, "--env");
		args_add(&a, *e);
	}
	if (add_views(&a, job, sp, err)) {
		free(a.v);
		return NULL;
	}
	args_add(&a, image);
	args_all(&a, sp->argv);
	return a.v;
}

static int
container_start(struct job *job, const struct sandbox_plan *sp, struct sandbox_proc *out, struct err *err)
{
	const char *client = sandbox_backend(job->opt->backend)->name;
	const char *image = container_image(job, client, sp->sb->image, err);
	/* a client that the signal for our group meets while the container is being made would end, and leave it */
	struct proc_spec spec = {
		.dir = -1,
		.in = sp->in,
		.out = sp->out,
		.errfd = sp->errfd,
		.die_with_parent = true,
		.own_session = !sp->tty,
	};
	struct proc p;
	int r;

	if (!image)
		return -1;
	out->container = arena_printf(&job->arena, "jkr-%s-%s-%u", job->run_id, job->tmp, job->serial++);
	out->idfile = arena_printf(&job->arena, "container%u", job->serial++);
	out->begun = time(NULL);
	spec.argv = arguments(job, sp, image, out, err);
	if (!spec.argv)
		return -1;
	r = proc_start(&spec, &p, err);
	free((void *)spec.argv);
	if (r)
		return -1;
	out->pid = p.pid;
	out->pidfd = p.pidfd;
	return 0;
}

/* An engine goes on making a container whose client was killed, and it stays. So the client lives until it was told
 * that there is one to remove, or nothing more comes. */
static void
remove_with_client(const char *client, const struct sandbox_proc *p)
{
	const char *const remove[] = {client, "rm", "-f", "-v", p->container, NULL};
	struct pollfd over = {.fd = p->pidfd, .events = POLLIN};
	double end = now_seconds() + CLIENT_ENDS;

	do
		container_quiet(remove);
	while (!poll(&over, 1, 50) && now_seconds() < end);
	kill(p->pid, SIGKILL);
}

static void
container_stop(struct job *job, struct sandbox_proc *p, int sig)
{
	const char *client = sandbox_backend(job->opt->backend)->name;
	const char *const term[] = {client, "kill", "--signal=TERM", p->container, NULL};

	/* where it does not run yet, a client that is let go on would start it */
	if (sig != SIGTERM || container_quiet(term))
		remove_with_client(client, p);
}

/* Whether processes of a container were ended for want of memory. Its daemon tells of it some time after its end:
 * nobody else would have killed it, so there it is worth a longer wait. */
static bool
met_memory(struct job *job, const struct sandbox_proc *p, int code)
{
	const char *client = sandbox_backend(job->opt->backend)->name;
	const char *since = arena_printf(&job->arena, "--since=%lld", (long long)p->begun - 1);
	const char *until = arena_printf(&job->arena, "--until=%lld", (long long)time(NULL) + (code == KILLED ? 4 : 2));
	const char *of = arena_printf(&job->arena, "--filter=container=%s", p->container);
	const char *const argv[] = {client, "events", since, until, of, "--filter=event=oom", NULL};
	struct proc_spec spec = {.argv = argv, .dir = -1, .in = -1, .errfd = job_log(job)};
	struct err unsaid = {0};
	struct proc events;
	int fds[2], r;
	char c;
	bool met;

	if (pipe2(fds, O_CLOEXEC))
		return false;
	spec.out = fds[1];
	r = proc_start(&spec, &events, &unsaid);
	close(fds[1]);
	met = !r && read(fds[0], &c, 1) == 1;
	close(fds[0]);
	if (!r) {
		kill(events.pid, SIGKILL);
		proc_wait(&events);
	}
	err_free(&unsaid);
	return met;
}

static enum ending
container_over(struct job *job, const struct sandbox_proc *p, int code)
{
	char id[65] = "";
	cleanup_fd int fd = code >= 0 ? -1 : openat(job->tmpfd, p->idfile, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (code >= 0 && met_memory(job, p, code))
		return END_MEMORY;
	if (code == KILLED) /* an engine may miss it when the container ends at once */
		job_logf(job, "docker: error: killed, as it seems for more than its `memory` of %" PRIu64 " MiB",
			 limits_memory(job->ps->step, NULL) >> 20);
	if (code >= 0)
		return END_SELF;
	if (fd < 0 || read(fd, id, sizeof id - 1) < 12)
		return END_SELF;
	return limits_crowd(job->ps->step, id) ? END_PROCESSES : END_SELF;
}

/* What root made under our folders only root can remove. */
static void
container_clean(struct job *job, const struct sandbox_plan *sp)
{
	const char *client = sandbox_backend(job->opt->backend)->name;
	const char *base = arena_printf(&job->arena, "%s/tmp/%s", store_path(job->store), job->tmp);
	struct args a = {0};
	bool any = false;
	struct err err = {0};

	if (!geteuid())
		return;
	args_add(&a, client);
	args_add(&a, "run");
	args_add(&a, "--rm");
	args_add(&a, "--network=none");
	args_add(&a, "--user=0:0");
	args_add(&a, arena_printf(&job->arena, "--label=" CONTAINER_LABEL "=%s", job->run_id));
	args_add(&a, arena_printf(&job->arena, "--mount=type=bind,src=%s,dst=/tmp", base));
	args_add(&a, container_image(job, client, sp->sb->image, &err));
	args_add(&a, "/bin/rm");
	args_add(&a, "-rf");
	for (size_t i = 0; i < sp->nviews; i++)
		if (sp->views[i].work) {
			args_add(&a, arena_printf(&job->arena, "/tmp/%s/work", sp->views[i].work));
			any = true;
		}
	if (any && !err_any(&err))
		container_quiet(a.v);
	free(a.v);
	err_free(&err);
}

static void
docker_sweep(const char *run)
{
	container_sweep("docker", run);
}

static void
podman_sweep(const char *run)
{
	container_sweep("podman", run);
}

const struct backend_ops backend_docker = {
	.name = "docker",
	.start = container_start,
	.stop = container_stop,
	.over = container_over,
	.clean = container_clean,
	.sweep = docker_sweep,
};

const struct backend_ops backend_podman = {
	.name = "podman",
	.start = container_start,
	.stop = container_stop,
	.over = container_over,
	.clean = container_clean,
	.sweep = podman_sweep,
};
