/* Tests of run/proctree: what a process and all below it take, and who gets a signal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/proctree.h"

enum { HELD = 32 << 20 };

/* A process that says that it is there, and stays. */
static _Noreturn void
stay(int ready)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (write(ready, "x", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

static void
wait_for(int fd, int n)
{
	char c;

	while (n--)
		assert_int_equal(read(fd, &c, 1), 1);
}

/* A leader with a child, which has one in a session of its own that holds much. */
static pid_t
family(int *fd)
{
	int p[2];
	pid_t pid;

	assert_int_equal(pipe(p), 0);
	pid = fork();
	if (!pid) {
		if (!fork()) {
			if (!fork()) {
				volatile char *held = malloc(HELD);

				setsid();
				for (size_t i = 0; held && i < HELD; i += 4096)
					held[i] = 1;
				stay(p[1]);
			}
			stay(p[1]);
		}
		stay(p[1]);
	}
	close(p[1]);
	*fd = p[0];
	wait_for(p[0], 3);
	return pid;
}

static void
all_below_are_counted(void **state)
{
	struct proctree_use use;
	int fd;
	pid_t pid = family(&fd);

	(void)state;
	use = proctree_use(pid);
	assert_int_equal(use.tasks, 3);
	assert_true(use.rss >= HELD && use.rss < 64ull * HELD);
	assert_int_equal(proctree_inside(pid), 0); /* they see the /proc that we see */
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	use = proctree_use(pid);
	assert_int_equal(use.tasks, 0);
	close(fd);
}

static void
all_but_the_root_get_the_signal(void **state)
{
	int fd, status;
	pid_t pid = family(&fd);
	char c;

	(void)state;
	proctree_signal(pid, SIGKILL);
	while (proctree_use(pid).rss >= HELD) /* the one that holds much is in another session */
		usleep(1000);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(read(fd, &c, 1), 0); /* nobody is left who could write */
	close(fd);
}

static void
a_group_is_told_by_its_name(void **state)
{
	(void)state;
	assert_true(proctree_named("/") >= 1); /* this one, at least */
	assert_int_equal(proctree_named("no-group-bears-this-name"), 0);
}

/* The first process of a sandbox, with three more and a /proc of its own. */
static _Noreturn void
sandbox(int ready)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("proc", "/proc", "proc", 0, NULL))
		_exit(1);
	for (int i = 0; i < 3; i++)
		if (!fork())
			stay(ready);
	stay(ready);
}

/* A process whose child is such a first one; 0: skipped. */
static pid_t
sandboxed(int *ready)
{
	int p[2], status;
	pid_t pid;

	assert_int_equal(pipe(p), 0);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare((geteuid() ? CLONE_NEWUSER : 0) | CLONE_NEWPID | CLONE_NEWNS))
			_exit(77);
		if (!fork())
			sandbox(p[1]);
		close(p[1]);
		wait(NULL);
		_exit(77);
	}
	close(p[1]);
	*ready = p[0];
	for (int n = 0; n < 4; n++) {
		char c;

		if (read(p[0], &c, 1) == 1)
			continue;
		waitpid(pid, &status, 0);
		print_message("this machine lets nobody make a sandbox here\n");
		close(p[0]);
		skip();
	}
	return pid;
}

static void
a_sandbox_tells_by_its_own_proc(void **state)
{
	int fd;
	pid_t pid = sandboxed(&fd);

	(void)state;
	assert_int_equal(proctree_inside(pid), 4);
	assert_int_equal(proctree_use(pid).tasks, 5);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fd);
}

/* Nobody may be left who could write, the root is. */
static void
ends(pid_t pid, int fd)
{
	int status;
	char c;

	proctree_end(pid);
	assert_int_equal(read(fd, &c, 1), 0);
	if (waitpid(pid, &status, WNOHANG) == pid)
		assert_int_equal(WEXITSTATUS(status), 77); /* by itself */
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fd);
}

static void
all_of_a_sandbox_end(void **state)
{
	int fd;
	pid_t pid = sandboxed(&fd);

	(void)state;
	ends(pid, fd);
}

static void
all_of_a_family_end(void **state)
{
	int fd;
	pid_t pid = family(&fd);

	(void)state;
	proctree_end(pid);
	while (proctree_use(pid).rss >= HELD) /* the one that holds much is in another session */
		usleep(1000);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_below_are_counted),
		cmocka_unit_test(all_but_the_root_get_the_signal),
		cmocka_unit_test(a_sandbox_tells_by_its_own_proc),
		cmocka_unit_test(a_group_is_told_by_its_name),
		cmocka_unit_test(all_of_a_sandbox_end),
		cmocka_unit_test(all_of_a_family_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
