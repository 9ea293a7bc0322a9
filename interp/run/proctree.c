#include "run/proctree.h"

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

struct proc_entry {
	pid_t pid, parent;
	uint64_t pages;
	bool in;
};

static bool
read_entry(pid_t pid, struct proc_entry *e)
{
	char path[64], buf[1024], *end;
	FILE *f;
	size_t n;
	long rss = 0;
	int parent = 0;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	n = fread(buf, 1, sizeof buf - 1, f);
	fclose(f);
	buf[n] = 0;
	end = strrchr(buf, ')'); /* the name before it may hold anything */
	if (!end ||
	    sscanf(end + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %*u %*u %ld",
		   &parent, &rss) != 2)
		return false;
	*e = (struct proc_entry){pid, parent, rss > 0 ? (uint64_t)rss : 0, false};
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

/* Marks the root and all below it; pids come in no order, so until nothing changes. */
static void
mark(struct proc_entry *v, size_t n, pid_t root)
{
	bool changed = true;

	for (size_t i = 0; i < n; i++)
		v[i].in = v[i].pid == root;
	while (changed) {
		changed = false;
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < n && !v[i].in; k++)
				if (v[k].in && v[k].pid == v[i].parent)
					v[i].in = changed = true;
	}
}

uint64_t
proctree_rss(pid_t root)
{
	uint64_t pages = 0;
	size_t n;
	struct proc_entry *v = read_all(&n);

	mark(v, n, root);
	for (size_t i = 0; i < n; i++)
		pages += v[i].in ? v[i].pages : 0;
	free(v);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

void
proctree_signal(pid_t root, int sig)
{
	size_t n;
	struct proc_entry *v = read_all(&n);

	mark(v, n, root);
	for (size_t i = 0; i < n; i++)
		if (v[i].in && v[i].pid != root)
			kill(v[i].pid, sig);
	free(v);
}
