/* proctree: a process and everything below it, from /proc. */
#pragma once
#include <stdint.h>
#include <sys/types.h>

struct proctree_use {
	uint64_t rss;   /* bytes of memory that they hold, shared pages counted once for each */
	uint64_t tasks; /* processes and threads */
};

struct proctree_use proctree_use(pid_t root);
/* Processes in the sandbox that a job started, told by the sandbox's own /proc: cheap also when there are
 * thousands, who leave no time to look at each. 0: there is none. */
uint64_t proctree_inside(pid_t job);
/* Processes and threads in groups of the kernel whose names hold the text: a container's id. */
uint64_t proctree_named(const char *group);
/* Sends a signal to all of them but the root. */
void proctree_signal(pid_t root, int sig);
/* Ends all of them but the root; a sandbox by its first process, which takes the others with it. */
void proctree_end(pid_t root);
