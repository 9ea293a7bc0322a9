#include "run/limits.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/prim.h"
#include "model/recipe.h"
#include "run/container.h"
#include "run/proctree.h"

#define OWN_TASKS 4 /* of a step with a sandbox: the job, and the sandbox's three */
#define LOOK_SECONDS 0.1
#define GROUP "jkr." /* of the names of groups, before the run's */

static uint64_t
machine_memory(void)
{
	return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static bool
group_gone(const char *rest)
{
	return container_run_gone(rest);
}

void
limits_home(struct cgroup_home *home)
{
	cgroup_home_find("/proc/self", home, NULL);
	cgroup_sweep(home, GROUP, group_gone);
}

int
limits_first(const struct cgroup_home *home)
{
	int nice = getpriority(PRIO_PROCESS, 0);

	if (!home->dir[CGROUP_TASKS])
		setpriority(PRIO_PROCESS, 0, -20);
	return nice;
}

uint64_t
limits_processes(const struct step *step)
{
	return step->common.processes > 0 ? (uint64_t)step->common.processes : PROCESSES_DEFAULT;
}

uint64_t
limits_memory(const struct step *step, const struct cgroup_home *above)
{
	uint64_t machine = machine_memory(), group = above ? cgroup_home_memory(above) : machine;

	return step->common.memory ? (uint64_t)step->common.memory : (group < machine ? group : machine) / 20 * 19;
}

/* What must stay free: a share of the disk, but not so much that a run on a full one could not begin. */
static uint64_t
disk_floor(int store)
{
	struct statvfs st;
	uint64_t all, left, least = 1ull << 30;

	if (fstatvfs(store, &st))
		return 0;
	all = (uint64_t)st.f_blocks * st.f_frsize;
	left = (uint64_t)st.f_bavail * st.f_frsize;
	least = all / 32 < least ? all / 32 : least;
	return left / 2 < least ? left / 2 : least;
}

void
limits_begin(struct limits *l, const struct cgroup_home *home, const struct step *step, int nice, const char *run,
	     uint32_t serial, int store)
{
	cleanup_free char *name = xasprintf(GROUP "%s.%u", run, serial);
	uint64_t max[CGROUP_LIMITS];

	*l = (struct limits){.step = step, .nice = nice, .programs = step->prim->flags & PRIM_CONTAINER};
	l->memory = (uint64_t)step->common.memory;
	if (!l->programs)
		return;
	l->memory = limits_memory(step, home);
	l->processes = limits_processes(step);
	l->disk_min = disk_floor(store);
	max[CGROUP_MEMORY] = l->memory;
	max[CGROUP_TASKS] = l->processes + OWN_TASKS;
	cgroup_make(home, name, max, !step->common.memory, &l->group);
}

void
limits_enter(const struct limits *l)
{
	cgroup_enter(&l->group);
	setpriority(PRIO_PROCESS, 0, l->nice);
}

void
limits_signal(pid_t job, int sig)
{
	setpriority(PRIO_PROCESS, (id_t)job, -20);
	kill(-job, sig);
}

/* What a program may do is not to depend on the shell that started jkr. */
void
limits_programs(const struct step *step)
{
	const struct {
		int what;
		rlim_t soft, hard;
	} fixed[] = {
		{RLIMIT_CORE, 0, 0},
		{RLIMIT_NOFILE, 1024, 65536},
		{RLIMIT_STACK, 8u << 20, RLIM_INFINITY},
		{RLIMIT_AS, RLIM_INFINITY, RLIM_INFINITY},
		{RLIMIT_CPU, RLIM_INFINITY, RLIM_INFINITY},
		{RLIMIT_DATA, RLIM_INFINITY, RLIM_INFINITY},
		{RLIMIT_FSIZE, RLIM_INFINITY, RLIM_INFINITY},
		/* a second wall for who is not root */
		{RLIMIT_NPROC, limits_processes(step) + PROCESSES_WALL, limits_processes(step) + PROCESSES_WALL},
	};

	for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
		struct rlimit now, want = {fixed[i].soft, fixed[i].hard};

		/* root may raise them again, others only keep below what they have */
		if (!setrlimit((__rlimit_resource_t)fixed[i].what, &want) ||
		    getrlimit((__rlimit_resource_t)fixed[i].what, &now))
			continue;
		want.rlim_max = want.rlim_max < now.rlim_max ? want.rlim_max : now.rlim_max;
		want.rlim_cur = want.rlim_cur < want.rlim_max ? want.rlim_cur : want.rlim_max;
		setrlimit((__rlimit_resource_t)fixed[i].what, &want);
	}
}

/* -- where there is no group ------------------------------------------------------------------------- */
static uint64_t
number_in(const char *path, const char *format)
{
	FILE *f = fopen(path, "re");
	uint64_t n = 0;
	char line[256];

	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, format, &n) == 1)
			break;
	if (f)
		fclose(f);
	return n;
}

/* Two numbers of the machine tell for nothing whether anybody has too many processes, or too much memory. */
static bool
many_tasks(const struct limits *l)
{
	return !l->group.dir[CGROUP_TASKS] && number_in("/proc/loadavg", "%*s %*s %*s %*u/%" SCNu64) > l->processes;
}

static bool
much_memory(const struct limits *l)
{
	if (l->group.dir[CGROUP_MEMORY] || l->step->common.memory)
		return !l->group.dir[CGROUP_MEMORY];
	return number_in("/proc/meminfo", "MemAvailable: %" SCNu64) * 1024 < machine_memory() / 8;
}

static enum ending
watched(const struct limits *l, pid_t job)
{
	bool tasks = l->programs && many_tasks(l), memory = l->memory && much_memory(l);
	struct proctree_use use;

	if (tasks && proctree_inside(job) > l->processes + 1)
		return END_PROCESSES;
	if (!tasks && !memory)
		return END_SELF;
	use = proctree_use(job);
	if (memory && use.rss > l->memory)
		return END_MEMORY;
	return tasks && use.tasks > l->processes + OWN_TASKS ? END_PROCESSES : END_SELF;
}

/* -- answers ----------------------------------------------------------------------------------------- */
static bool
disk_short(const struct limits *l, int store)
{
	struct statvfs st;

	return l->disk_min && !fstatvfs(store, &st) && (uint64_t)st.f_bavail * st.f_frsize < l->disk_min;
}

static enum ending
hit(const struct limits *l)
{
	if (cgroup_hit(&l->group, CGROUP_MEMORY))
		return END_MEMORY;
	return cgroup_hit(&l->group, CGROUP_TASKS) ? END_PROCESSES : END_SELF;
}

enum ending
limits_over(struct limits *l, pid_t job, int store, double now)
{
	enum ending why;

	if (now - l->looked < LOOK_SECONDS)
		return END_SELF;
	l->looked = now;
	why = hit(l);
	if (why == END_SELF)
		why = watched(l, job);
	if (why == END_SELF && disk_short(l, store))
		why = END_DISK;
	return why;
}

enum ending
limits_after(const struct limits *l, int store, bool failed)
{
	enum ending why = hit(l);

	return why == END_SELF && failed && disk_short(l, store) ? END_DISK : why;
}

void
limits_say(const struct limits *l, enum ending why, struct err *err)
{
	const char *name = l->step->name;
	char size[32];

	if (why == END_MEMORY && l->step->common.memory) {
		err_set(err, "E0308", "step `%s` was stopped: it used more than its `memory` of %" PRIu64 " MiB", name,
			l->memory >> 20);
	} else if (why == END_MEMORY) {
		err_set(err, "E0308",
			"step `%s` was stopped: it used more than the %" PRIu64
			" MiB of memory that this machine has for it",
			name, l->memory >> 20);
		err_help(err, "run fewer jobs at once with -j, or look in the log for what takes so much");
	} else if (why == END_PROCESSES) {
		err_set(err, "E0323", "step `%s` was stopped: it had more than its `processes` of %" PRIu64, name,
			l->processes);
		err_help(err, "look in the log for what starts so many, or give the step more `processes`");
	} else if (why == END_DISK) {
		err_set(err, "E0324", "step `%s` was stopped: it left less than %s of the store's disk", name,
			format_size(l->disk_min, size));
		err_help(err, "`jkr cache gc` makes room; or set $JKR_STORE to a larger disk");
	}
}

void
limits_say_step(const struct step *step, enum ending why, struct err *err)
{
	const struct limits l = {
		.step = step, .memory = limits_memory(step, NULL), .processes = limits_processes(step)};

	limits_say(&l, why, err);
}

bool
limits_crowd(const struct step *step, const char *id)
{
	const struct limits l = {.processes = limits_processes(step)};

	return many_tasks(&l) && proctree_named(id) > l.processes + 1;
}

void
limits_end(struct limits *l)
{
	cgroup_remove(&l->group);
}
