/* measure: runs one command and appends what it cost to a file: wall seconds, processor seconds (user and
 * system), the largest resident set in kB, the exit status. Small by itself, for a child starts with its parent's peak.
 *
 * What the command leaves to itself is waited for. Its processor time is the kernel's own clock of all tasks that
 * come of it; what was reaped is less where pid 1 of a namespace (the inside of a bwrap) dies with children of its
 * own, whose time nobody inherits. An ordinary user may not have that clock (perf_event_paranoid): then the latter.
 *
 * usage: measure FILE COMMAND [ARGUMENT]... */
#define _GNU_SOURCE
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static double
seconds(struct timeval t)
{
	return t.tv_sec + t.tv_usec / 1e6;
}

/* Counts this process, which does next to nothing, and all that it starts from now on. */
static int
open_clock(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof attr, .config = PERF_COUNT_SW_TASK_CLOCK, .inherit = 1};

	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static double
processor(int clock, const struct rusage *used)
{
	double reaped = seconds(used->ru_utime) + seconds(used->ru_stime);
	uint64_t ns;

	if (clock >= 0 && read(clock, &ns, sizeof ns) == sizeof ns && ns / 1e9 > reaped)
		return ns / 1e9;
	return reaped;
}

int
main(int argc, char **argv)
{
	struct rusage used;
	double begun, wall;
	int status, clock;
	pid_t pid;
	FILE *out;

	if (argc < 3)
		return 2;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	clock = open_clock();
	begun = now();
	pid = vfork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 2;
	wall = now() - begun;
	while (wait(NULL) > 0)
		;
	getrusage(RUSAGE_CHILDREN, &used);
	status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	out = fopen(argv[1], "a");
	if (!out)
		return 2;
	fprintf(out, "%.6f\t%.6f\t%ld\t%d\n", wall, processor(clock, &used), used.ru_maxrss, status);
	return fclose(out) == 0 && status == 0 ? 0 : 1;
}
