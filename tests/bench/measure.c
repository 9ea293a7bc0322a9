/* measure: runs one command and appends what it cost to a file: wall, user and system seconds, the
 * largest resident set in kB, the exit status. Small by itself, for a child starts with its parent's peak.
 * What the command leaves to itself (the inside of a bwrap that ended first) is waited for and counted.
 *
 * usage: measure FILE COMMAND [ARGUMENT]... */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
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

int
main(int argc, char **argv)
{
	struct rusage used;
	double begun, wall;
	int status;
	pid_t pid;
	FILE *out;

	if (argc < 3)
		return 2;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
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
	fprintf(out, "%.6f\t%.6f\t%.6f\t%ld\t%d\n", wall, seconds(used.ru_utime), seconds(used.ru_stime),
		used.ru_maxrss, status);
	return fclose(out) == 0 && status == 0 ? 0 : 1;
}
