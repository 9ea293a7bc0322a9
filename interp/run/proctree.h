/* proctree: a process and everything below it, from /proc. */
#pragma once
#include <stdint.h>
#include <sys/types.h>

/* Bytes of memory that they hold, shared pages counted once for each. */
uint64_t proctree_rss(pid_t root);
/* Sends a signal to all of them but the root. */
void proctree_signal(pid_t root, int sig);
