/* The mounts of a process that is over stay until they are taken down. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/mount.h"
#include "run/teardown.h"

/* A child with a mount of its own over /proc, which waits until `go` is closed: its pid, -1 where none can be had. */
static pid_t
begin(int *go)
{
	int up[2], down[2];
	char c = 0;
	pid_t pid;

	assert_int_equal(pipe(up), 0);
	assert_int_equal(pipe(down), 0);
	pid = fork();
	if (!pid) {
		close(down[1]);
		c = !ns_enter() && !mount("none", "/proc", "tmpfs", 0, NULL) && mkdir("/proc/ours", 0755) == 0;
		if (write(up[1], &c, 1) == 1 && read(down[0], &c, 1) == 0)
			_exit(0);
		_exit(1);
	}
	close(up[1]);
	close(down[0]);
	assert_int_equal(read(up[0], &c, 1), 1);
	close(up[0]);
	*go = down[1];
	return c ? pid : -1;
}

static void
end(pid_t pid, int go)
{
	int status;

	close(go);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Whether what the namespace has mounted over /proc is there. */
static bool
ours(int mounts)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(setns(mounts, CLONE_NEWNS) || access("/proc/ours", F_OK));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status == 0;
}

static void
they_outlive_their_process(void **state)
{
	struct teardown t = TEARDOWN_NONE;
	int go, mounts;
	pid_t pid = begin(&go);

	(void)state;
	if (pid < 0)
		skip(); /* no namespaces: the sandbox is docker's then */
	teardown_hold(&t, pid);
	assert_true(t.mounts >= 0);
	end(pid, go);
	if (geteuid() == 0)
		assert_true(ours(t.mounts));
	mounts = t.mounts;
	teardown_begin(&t);
	teardown_end(&t);
	assert_int_equal(fcntl(mounts, F_GETFD), -1);
	assert_int_equal(t.mounts, -1);
}

static void
nothing_to_take_down(void **state)
{
	struct teardown t = TEARDOWN_NONE;

	(void)state;
	teardown_end(&t);
	teardown_hold(&t, 0x7fffffff);
	assert_int_equal(t.mounts, -1);
	teardown_begin(&t);
	teardown_end(&t);
	assert_int_equal(t.mounts, -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_outlive_their_process),
		cmocka_unit_test(nothing_to_take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
