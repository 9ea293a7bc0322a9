/* cgroup: a group of the kernel that holds the processes of one step to its limits, where this machine lets
 * jkr make one: version 2 below a group that passes its controllers on, or version 1 in each hierarchy. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct str;

enum cgroup_limit { CGROUP_MEMORY, CGROUP_TASKS, CGROUP_LIMITS };

/* Where groups can be made; a folder is NULL where they cannot. */
struct cgroup_home {
	int version; /* 0: nowhere */
	char *dir[CGROUP_LIMITS];
};

/* One group: a folder for each limit that it holds; all NULL: none. */
struct cgroup {
	int version;
	char *dir[CGROUP_LIMITS];
};

/* `proc` is /proc/self: its `cgroup` and `mountinfo` are read. `why` (may be NULL) gets one sentence. */
void cgroup_home_find(const char *proc, struct cgroup_home *home, struct str *why);
void cgroup_home_free(struct cgroup_home *home);
/* The memory that groups above allow, in bytes; UINT64_MAX: no bound. */
uint64_t cgroup_home_memory(const struct cgroup_home *home);

/* Makes a group; what cannot be made is left out. `swap`: what does not fit may go to swap. */
void cgroup_make(const struct cgroup_home *home, const char *name, const uint64_t max[CGROUP_LIMITS], bool swap,
		 struct cgroup *out);
/* Puts the calling process into it, which has one thread. */
void cgroup_enter(const struct cgroup *group);
/* Whether the kernel killed, or refused, something there because of this limit. */
bool cgroup_hit(const struct cgroup *group, enum cgroup_limit limit);
/* Kills what still runs in it and removes it; what cannot go yet is left to a sweep. */
void cgroup_remove(struct cgroup *group);
/* Removes groups PREFIX… that `gone` says have no owner any more. */
void cgroup_sweep(const struct cgroup_home *home, const char *prefix, bool (*gone)(const char *rest));
