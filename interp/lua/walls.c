#include "lua/walls.h"

#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"

/* Pages in use now: what a parent had mapped is not the recipe's. */
static size_t
mapped_now(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f && fscanf(f, "%lu", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return pages ? pages * (size_t)sysconf(_SC_PAGESIZE) : (size_t)1 << 30;
}

static int
limit(int what, rlim_t n)
{
	struct rlimit r;

	if (getrlimit((__rlimit_resource_t)what, &r))
		return -1;
	r.rlim_max = n < r.rlim_max ? n : r.rlim_max; /* who started jkr may have set a lower one */
	r.rlim_cur = r.rlim_max;
	return setrlimit((__rlimit_resource_t)what, &r);
}

int
walls_close(size_t memory, unsigned seconds)
{
	/* an argument of a call may be bound: (value & mask) == want */
	static const struct {
		int call;
		unsigned arg;
		uint64_t mask, want;
	} calls[] = {
		{SCMP_SYS(brk), 0, 0, 0},
		{SCMP_SYS(munmap), 0, 0, 0},
		{SCMP_SYS(mremap), 0, 0, 0},
		{SCMP_SYS(madvise), 0, 0, 0},
		{SCMP_SYS(exit_group), 0, 0, 0},
		{SCMP_SYS(mmap), 2, PROT_EXEC, 0},
		{SCMP_SYS(read), 0, UINT32_MAX, CHILD_FD},
		{SCMP_SYS(write), 0, UINT32_MAX, CHILD_FD},
	};
	scmp_filter_ctx s;
	int r;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || limit(RLIMIT_CORE, 0))
		return -1;
	if (!WALLS)
		return 0;
	if (limit(RLIMIT_AS, mapped_now() + 2 * memory + (64u << 20)) || limit(RLIMIT_CPU, seconds + 2) ||
	    limit(RLIMIT_FSIZE, 0) || limit(RLIMIT_NOFILE, 0) || limit(RLIMIT_STACK, 8u << 20))
		return -1;
	s = seccomp_init(SCMP_ACT_KILL_PROCESS);
	r = s ? 0 : -1;
	for (size_t i = 0; s && !r && i < ARRAY_LEN(calls); i++)
		r = seccomp_rule_add(s, SCMP_ACT_ALLOW, calls[i].call, calls[i].mask != 0,
				     SCMP_CMP64(calls[i].arg, SCMP_CMP_MASKED_EQ, calls[i].mask, calls[i].want));
	return r || seccomp_load(s) ? -1 : 0;
}
