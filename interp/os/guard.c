#include "os/guard.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* `from` 0: free; TAKEN: being filled in. */
enum { TAKEN = 1 };

static struct {
	atomic_uintptr_t from, to;
	atomic_bool torn;
} guards[GUARDS];

static uintptr_t page;

/* mmap(2) is a system call and no more, so a handler may use it. */
static void
on_bus(int sig, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr & ~(page - 1);

	(void)context;
	for (int i = 0; i < GUARDS; i++) {
		if (guards[i].from <= TAKEN || at < guards[i].from || at >= guards[i].to)
			continue;
		if (mmap((void *)at, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
			break;
		guards[i].torn = true;
		return;
	}
	signal(sig, SIG_DFL); /* the same access comes again, and ends the process */
}

static void
install(void)
{
	struct sigaction act = {.sa_sigaction = on_bus, .sa_flags = SA_SIGINFO};

	page = (uintptr_t)sysconf(_SC_PAGESIZE);
	sigaction(SIGBUS, &act, NULL);
}

int
guard_begin(const void *p, size_t n)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, install);
	for (int i = 0; i < GUARDS; i++) {
		uintptr_t was = 0;

		if (!atomic_compare_exchange_strong(&guards[i].from, &was, TAKEN))
			continue;
		guards[i].torn = false;
		guards[i].to = (uintptr_t)p + n;
		guards[i].from = (uintptr_t)p;
		return i;
	}
	return -1;
}

bool
guard_torn(int guard)
{
	return guard >= 0 && atomic_exchange(&guards[guard].torn, false);
}

void
guard_end(int guard)
{
	if (guard >= 0)
		guards[guard].from = 0;
}
