#include "run/teardown.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "os/thread.h"

void
teardown_hold(struct teardown *t, pid_t pid)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/ns/mnt", pid);
	t->mounts = open(path, O_RDONLY | O_CLOEXEC);
}

static void *
drop(void *arg)
{
	struct teardown *t = arg;

	close(t->mounts);
	return NULL;
}

void
teardown_begin(struct teardown *t)
{
	if (t->mounts < 0)
		return;
	t->threaded = thread_start(&t->thread, drop, t);
	if (!t->threaded)
		drop(t);
}

void
teardown_end(struct teardown *t)
{
	if (t->threaded)
		pthread_join(t->thread, NULL);
	*t = TEARDOWN_NONE;
}
