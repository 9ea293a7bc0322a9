#include "run/proctree.h"

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

struct proc_entry {
	pid_t pid, parent;
	uint64_t pages, tasks;
	enum { UNKNOWN, IN, OUT } in;
};

static bool
read_entry(pid_t pid, struct proc_entry *e)
{
	char path[64], buf[1024], *end;
	FILE *f;
	size_t n;
	long rss = 0;
	int parent = 0, tasks = 0;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	n = fread(buf, 1, sizeof buf - 1, f);
	fclose(f);
	buf[n] = 0;
	end = strrchr(buf, ')'); /* the name before it may hold anything */
	if (!end ||
	    sscanf(end + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %d %*d %*u %*u %ld",
		   &parent, &tasks, &rss) != 3)
		return false;
	*e = (struct proc_entry){pid, parent, rss > 0 ? (uint64_t)rss : 0, tasks > 0 ? (uint64_t)tasks : 0, UNKNOWN};
	return true;
}

static struct proc_entry *
read_all(size_t *n)
{
	struct proc_entry *v = NULL;
	size_t cap = 0;
	struct dirent *d;
	DIR *dir = opendir("/proc");

	*n = 0;
	while (dir && (d = readdir(dir))) {
		if (!isdigit((unsigned char)*d->d_name))
			continue;
		GROW(v, *n, cap);
		if (read_entry((pid_t)atoi(d->d_name), &v[*n]))
			(*n)++;
	}
	if (dir)
		closedir(dir);
	return v;
}

static int
by_pid(const void *a, const void *b)
{
	const struct proc_entry *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* Whether an entry lies below one that does: says so for all on the way up. A pid that was given anew while
 * we read can close a ring, so the way is no longer than the list. */
static void
mark_one(struct proc_entry *v, size_t n, struct proc_entry *e)
{
	struct proc_entry *top = e, key;
	size_t steps = 0;

	while (top && top->in == UNKNOWN && steps++ < n) {
		key.pid = top->parent;
		top = bsearch(&key, v, n, sizeof *v, by_pid);
	}
	for (struct proc_entry *p = e; p && p->in == UNKNOWN; p = bsearch(&key, v, n, sizeof *v, by_pid)) {
		p->in = top && top->in == IN ? IN : OUT;
		key.pid = p->parent;
	}
}

/* Marks the root and all below it. */
static void
mark(struct proc_entry *v, size_t n, pid_t root)
{
	if (n)
		qsort(v, n, sizeof *v, by_pid);
	for (size_t i = 0; i < n; i++)
		if (v[i].pid == root)
			v[i].in = IN;
	for (size_t i = 0; i < n; i++)
		mark_one(v, n, &v[i]);
}

struct proctree_use
proctree_use(pid_t root)
{
	struct proctree_use use = {0};
	size_t n;
	struct proc_entry *v = read_all(&n);

	mark(v, n, root);
	for (size_t i = 0; i < n; i++)
		if (v[i].in == IN) {
			use.rss += v[i].pages * (uint64_t)sysconf(_SC_PAGESIZE);
			use.tasks += v[i].tasks;
		}
	free(v);
	return use;
}

/* Whether the groups of a process have the text in their names. */
static bool
in_group(pid_t pid, const char *text)
{
	char path[64], buf[4096];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/cgroup", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	buf[fread(buf, 1, sizeof buf - 1, f)] = 0;
	fclose(f);
	return strstr(buf, text) != NULL;
}

uint64_t
proctree_named(const char *group)
{
	uint64_t tasks = 0;
	size_t n;
	struct proc_entry *v = read_all(&n);

	for (size_t i = 0; i < n; i++)
		if (in_group(v[i].pid, group))
			tasks += v[i].tasks;
	free(v);
	return tasks;
}

void
proctree_signal(pid_t root, int sig)
{
	size_t n;
	struct proc_entry *v = read_all(&n);

	mark(v, n, root);
	for (size_t i = 0; i < n; i++)
		if (v[i].in == IN && v[i].pid != root)
			kill(v[i].pid, sig);
	free(v);
}

/* A child of a process, or 0. */
static pid_t
first_child(pid_t pid)
{
	char path[64];
	int child = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
	f = fopen(path, "re");
	if (f && fscanf(f, "%d", &child) != 1)
		child = 0;
	if (f)
		fclose(f);
	return child;
}

/* Whether what a process has at /proc/PID/`what` is there, and not what we have at `ours`. */
static bool
has_another(pid_t pid, const char *what, const char *ours)
{
	char path[64];
	struct stat here, there;

	snprintf(path, sizeof path, "/proc/%d/%s", pid, what);
	return !stat(ours, &here) && !stat(path, &there) &&
	       (here.st_dev != there.st_dev || here.st_ino != there.st_ino);
}

/* Whether a process sees a /proc of its own: the sandbox's. */
static bool
is_inner(pid_t pid)
{
	return has_another(pid, "root/proc", "/proc");
}

uint64_t
proctree_inside(pid_t root)
{
	cleanup_free char *path = NULL;
	struct dirent *d;
	uint64_t n = 0;
	DIR *dir;
	int deep = 0;

	do
		root = first_child(root);
	while (root && ++deep < 8 && !is_inner(root));
	path = xasprintf("/proc/%d/root/proc", root);
	dir = root && deep < 8 ? opendir(path) : NULL;
	while (dir && (d = readdir(dir)))
		n += isdigit((unsigned char)*d->d_name) != 0;
	if (dir)
		closedir(dir);
	return n;
}

/* Whether a process is the first of a PID namespace, or in one, that is not ours. */
static bool
is_apart(pid_t pid)
{
	return has_another(pid, "ns/pid", "/proc/self/ns/pid");
}

void
proctree_end(pid_t root)
{
	pid_t init = first_child(root);

	if (!init || !is_apart(init)) {
		proctree_signal(root, SIGKILL);
		return;
	}
	/* in a crowd of thousands they would wait seconds for their turn to die; only root may do this */
	for (pid_t p = init; p; p = is_inner(p) ? 0 : first_child(p))
		setpriority(PRIO_PROCESS, (id_t)p, -20);
	kill(init, SIGKILL);
}
