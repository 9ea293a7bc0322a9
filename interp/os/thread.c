#include "os/thread.h"

#include <signal.h>
#include <sys/resource.h>

#define BACK 5 /* of nice: a third of the share of others */

bool
thread_start(pthread_t *t, void *(*run)(void *), void *arg)
{
	sigset_t all, old;
	bool started;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	started = pthread_create(t, NULL, run, arg) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return started;
}

void
stand_back(pid_t pid)
{
	setpriority(PRIO_PROCESS, (id_t)pid, getpriority(PRIO_PROCESS, 0) + BACK);
}

void
thread_stand_back(void)
{
	stand_back(0);
}
