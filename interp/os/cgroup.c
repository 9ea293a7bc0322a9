#include "os/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

/* The names of one limit in each version; `count` is the word before its number of hits in `events`. */
static const struct control {
	const char *controller, *max, *swap, *events, *count;
} controls[3][CGROUP_LIMITS] = {
	[1] = {{"memory", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.oom_control", "oom_kill"},
	       {"pids", "pids.max", NULL, "pids.events", "max"}},
	[2] = {{"memory", "memory.max", "memory.swap.max", "memory.events", "oom_kill"},
	       {"pids", "pids.max", NULL, "pids.events", "max"}},
};

/* -- files ------------------------------------------------------------------------------------------- */
static bool
slurp(const char *dir, const char *name, struct str *out)
{
	cleanup_free char *path = xasprintf("%s/%s", dir, name);
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[4096];
	ssize_t n;

	str_reset(out);
	if (fd < 0)
		return false;
	while ((n = read(fd, buf, sizeof buf)) > 0)
		str_addn(out, buf, (size_t)n);
	return n == 0;
}

static bool
put(const char *dir, const char *name, const char *text)
{
	cleanup_free char *path = xasprintf("%s/%s", dir, name);
	cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) > 0;
}

static bool
writable(const char *dir)
{
	cleanup_free char *procs = xasprintf("%s/cgroup.procs", dir);

	return !access(dir, W_OK) && !access(procs, W_OK);
}

/* Whether a word stands in a list of words parted by `by` or blanks. */
static bool
has_word(const char *list, const char *word, const char *by)
{
	size_t n = strlen(word);

	for (const char *p = list; (p = strstr(p, word)); p += n)
		if ((p == list || strchr(by, p[-1])) && (!p[n] || strchr(by, p[n])))
			return true;
	return false;
}

/* -- where groups can be made ------------------------------------------------------------------------ */
/* This process's path in the hierarchy of a controller ("" for version 2); on the heap, or NULL. */
static char *
own_path(const char *cgroup, const char *controller)
{
	for (const char *line = cgroup; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *names = strchr(line, ':'), *path = names ? strchr(names + 1, ':') : NULL;
		cleanup_free char *list = path ? xstrndup(names + 1, (size_t)(path - names - 1)) : NULL;

		if (list && (*controller ? has_word(list, controller, ",") : !*list))
			return xstrndup(path + 1, strcspn(path + 1, "\n"));
	}
	return NULL;
}

/* One line of mountinfo: where a hierarchy is mounted, and which of its groups stands there. */
static bool
mount_of(char *line, const char *type, const char *controller, char **root, char **at)
{
	char *save = NULL, *words[64], *dash = strstr(line, " - ");
	size_t n = 0;

	if (!dash)
		return false;
	*dash = '\0';
	for (char *w = strtok_r(line, " ", &save); w && n < 6; w = strtok_r(NULL, " ", &save))
		words[n++] = w;
	if (n < 5)
		return false;
	*root = words[3];
	*at = words[4];
	n = 0;
	for (char *w = strtok_r(dash + 3, " ", &save); w && n < 3; w = strtok_r(NULL, " ", &save))
		words[n++] = w;
	return n == 3 && !strcmp(words[0], type) && (!*controller || has_word(words[2], controller, ","));
}

/* The folder of this process's group in a hierarchy, and how long the part is that is its mount. */
static char *
own_dir(const char *mountinfo, const char *cgroup, const char *controller, size_t *mount)
{
	cleanup_free char *path = own_path(cgroup, controller), *text = xstrdup(mountinfo);
	char *save = NULL, *root, *at;

	for (char *line = strtok_r(text, "\n", &save); path && line; line = strtok_r(NULL, "\n", &save)) {
		size_t n;

		if (!mount_of(line, *controller ? "cgroup" : "cgroup2", controller, &root, &at))
			continue;
		n = strcmp(root, "/") ? strlen(root) : 0;
		if (strncmp(path, root, n) || (path[n] && path[n] != '/') || strstr(path, "/.."))
			continue;
		*mount = strlen(at);
		return xasprintf("%s%s", at, strcmp(path + n, "/") ? path + n : "");
	}
	return NULL;
}

/* Version 2: the nearest group from our own upwards that passes both controllers to its children. */
static char *
passing_dir(const char *mountinfo, const char *cgroup)
{
	cleanup_str struct str list = {0};
	size_t mount = 0;
	char *dir = own_dir(mountinfo, cgroup, "", &mount);

	while (dir) {
		if (slurp(dir, "cgroup.subtree_control", &list) && has_word(str_text(&list), "memory", " \n") &&
		    has_word(str_text(&list), "pids", " \n") && writable(dir))
			return dir;
		if (strlen(dir) <= mount)
			break;
		*strrchr(dir, '/') = '\0';
	}
	free(dir);
	return NULL;
}

void
cgroup_home_find(const char *proc, struct cgroup_home *home, struct str *why)
{
	cleanup_str struct str mountinfo = {0}, cgroup = {0};
	cleanup_free char *dir = NULL;

	*home = (struct cgroup_home){0};
	if (slurp(proc, "mountinfo", &mountinfo) && slurp(proc, "cgroup", &cgroup))
		dir = passing_dir(str_text(&mountinfo), str_text(&cgroup));
	home->version = dir ? 2 : 1;
	for (int i = 0; i < CGROUP_LIMITS; i++) {
		const char *name = controls[1][i].controller;
		size_t mount;
		char *own = dir ? xstrdup(dir) : own_dir(str_text(&mountinfo), str_text(&cgroup), name, &mount);

		if (own && !writable(own)) {
			free(own);
			own = NULL;
		}
		home->dir[i] = own;
		if (why)
			str_addf(why, "%s%s: %s", i ? ", " : "", name, own ? own : "no group can be made");
	}
	if (!home->dir[CGROUP_MEMORY] && !home->dir[CGROUP_TASKS])
		home->version = 0;
	if (why && home->version)
		str_addf(why, " (version %d)", home->version);
}

void
cgroup_home_free(struct cgroup_home *home)
{
	for (int i = 0; i < CGROUP_LIMITS; i++)
		free(home->dir[i]);
	*home = (struct cgroup_home){0};
}

uint64_t
cgroup_home_memory(const struct cgroup_home *home)
{
	const struct control *c = &controls[home->version][CGROUP_MEMORY];
	cleanup_free char *dir = home->dir[CGROUP_MEMORY] ? xstrdup(home->dir[CGROUP_MEMORY]) : NULL;
	cleanup_str struct str text = {0};
	uint64_t least = UINT64_MAX, max;
	char *end;

	for (; dir && (end = strrchr(dir, '/')); *end = '\0')
		if (slurp(dir, c->max, &text) && sscanf(str_text(&text), "%" SCNu64, &max) == 1 && max < least)
			least = max;
	return least;
}

/* -- one group --------------------------------------------------------------------------------------- */
void
cgroup_make(const struct cgroup_home *home, const char *name, const uint64_t max[CGROUP_LIMITS], bool swap,
	    struct cgroup *out)
{
	*out = (struct cgroup){.version = home->version};
	for (int i = 0; i < CGROUP_LIMITS; i++) {
		const struct control *c = &controls[home->version][i];
		char *dir = home->dir[i] && max[i] ? xasprintf("%s/%s", home->dir[i], name) : NULL;
		char number[32];

		snprintf(number, sizeof number, "%" PRIu64, max[i]);
		if (dir && ((mkdir(dir, 0755) && errno != EEXIST) || !put(dir, c->max, number))) {
			rmdir(dir);
			free(dir);
			dir = NULL;
		}
		if (dir && c->swap && !swap) /* not there without swap accounting, which is as good */
			put(dir, c->swap, home->version == 1 ? number : "0");
		if (dir && home->version == 2 && i == CGROUP_MEMORY)
			put(dir, "memory.oom.group", "1");
		out->dir[i] = dir;
	}
}

/* A process moves with all its threads, and for that the kernel first stops every fork of the machine: 10 to 15 ms, an
 * RCU grace period. A thread that moves itself waits for nobody. Version 2 lets only processes move. */
void
cgroup_enter(const struct cgroup *group)
{
	for (int i = 0; i < CGROUP_LIMITS; i++)
		if (group->dir[i] && (group->version == 2 || !put(group->dir[i], "tasks", "0")))
			put(group->dir[i], "cgroup.procs", "0");
}

bool
cgroup_hit(const struct cgroup *group, enum cgroup_limit limit)
{
	const struct control *c = &controls[group->version][limit];
	cleanup_str struct str text = {0};

	if (!group->dir[limit] || !slurp(group->dir[limit], c->events, &text))
		return false;
	for (const char *p = str_text(&text); p; p = (p = strchr(p, '\n')) ? p + 1 : NULL) {
		size_t n = strlen(c->count);

		if (!strncmp(p, c->count, n) && p[n] == ' ')
			return strtoull(p + n, NULL, 10) > 0;
	}
	return false;
}

/* Ends all that is in a group; one write since Linux 5.14. */
static void
kill_all(const char *dir, int version)
{
	cleanup_str struct str pids = {0};
	char *save = NULL;

	if ((version == 2 && put(dir, "cgroup.kill", "1")) || !slurp(dir, "cgroup.procs", &pids) || !pids.s)
		return;
	for (char *p = strtok_r(pids.s, "\n", &save); p; p = strtok_r(NULL, "\n", &save))
		if (atoi(p) > 1 && atoi(p) != getpid())
			kill(atoi(p), SIGKILL);
}

static void
remove_dir(const char *dir, int version)
{
	for (int ms = 1; rmdir(dir) && errno == EBUSY && ms <= 256; ms *= 2) {
		struct timespec t = {0, ms * 1000000L};

		kill_all(dir, version);
		nanosleep(&t, NULL);
	}
}

void
cgroup_remove(struct cgroup *group)
{
	for (int i = 0; i < CGROUP_LIMITS; i++) {
		if (group->dir[i])
			remove_dir(group->dir[i], group->version);
		free(group->dir[i]);
	}
	*group = (struct cgroup){0};
}

void
cgroup_sweep(const struct cgroup_home *home, const char *prefix, bool (*gone)(const char *rest))
{
	for (int i = 0; i < CGROUP_LIMITS; i++) {
		DIR *dir = home->dir[i] ? opendir(home->dir[i]) : NULL;
		struct dirent *d;

		while (dir && (d = readdir(dir))) {
			cleanup_free char *path = xasprintf("%s/%s", home->dir[i], d->d_name);

			if (str_starts(d->d_name, prefix) && gone(d->d_name + strlen(prefix)))
				remove_dir(path, home->version);
		}
		if (dir)
			closedir(dir);
	}
}
