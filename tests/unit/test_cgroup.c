/* Groups of the kernel: where they can be made, told by folders that look like a machine's; and one real one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "os/cgroup.h"
#include "os/fs.h"
#include "scratch.h"

static char top[SCRATCH];

static void
file(const char *path, const char *text)
{
	cleanup_free char *full = xasprintf("%s/%s", top, path);
	FILE *f;

	for (char *p = full + strlen(top) + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		mkdir(full, 0755);
	}
	f = fopen(full, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* A machine with one line for each hierarchy; gives what is found of it. */
static struct cgroup_home
machine(const char *mountinfo, const char *cgroup)
{
	cleanup_free char *mounts = xasprintf(mountinfo, top, top), *proc = xasprintf("%s/proc", top);
	struct cgroup_home home;

	file("proc/mountinfo", mounts);
	file("proc/cgroup", cgroup);
	cgroup_home_find(proc, &home, NULL);
	return home;
}

static const char *
below_top(const char *dir)
{
	return dir && !strncmp(dir, top, strlen(top)) ? dir + strlen(top) : dir;
}

static int
setup(void **state)
{
	(void)state;
	scratch_new(top);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	return scratch_drop(top);
}

#define V2 "31 23 0:28 / %s/u rw - cgroup2 cgroup2 rw\n"
#define V1                                                                            \
	"35 31 0:32 /docker/ab %s/m rw,relatime shared:1 - cgroup cgroup rw,memory\n" \
	"39 31 0:36 / %s/p rw - cgroup cgroup rw,cpu,pids\n"

static void
finds_version_two(void **state)
{
	struct cgroup_home home;

	(void)state;
	file("u/user/app/cgroup.subtree_control", "cpu memory pids\n");
	file("u/user/app/cgroup.procs", "");
	file("u/user/app/memory.max", "1000000\n");
	file("u/user/memory.max", "max\n");
	file("u/user/app/run/cgroup.subtree_control", "\n");
	file("u/user/app/run/cgroup.procs", "");
	home = machine(V2, "0::/user/app/run\n");
	assert_int_equal(home.version, 2);
	assert_string_equal(below_top(home.dir[CGROUP_MEMORY]), "/u/user/app");
	assert_string_equal(below_top(home.dir[CGROUP_TASKS]), "/u/user/app");
	assert_true(cgroup_home_memory(&home) == 1000000);
	cgroup_home_free(&home);
	file("u/user/app/cgroup.subtree_control", "memory\n");
	home = machine(V2, "0::/user/app/run\n");
	assert_int_equal(home.version, 0);
	assert_null(home.dir[CGROUP_MEMORY]);
	cgroup_home_free(&home);
}

static void
finds_version_one(void **state)
{
	struct cgroup_home home;

	(void)state;
	file("m/x/cgroup.procs", "");
	file("p/cgroup.procs", "");
	home = machine(V1, "9:cpu,pids:/\n4:memory:/docker/ab/x\n0::/\n");
	assert_int_equal(home.version, 1);
	assert_string_equal(below_top(home.dir[CGROUP_MEMORY]), "/m/x");
	assert_string_equal(below_top(home.dir[CGROUP_TASKS]), "/p");
	cgroup_home_free(&home);
	home = machine(V1, "9:cpu,pids:/\n4:memory:/docker/abc\n"); /* another group with a like name */
	assert_null(home.dir[CGROUP_MEMORY]);
	assert_non_null(home.dir[CGROUP_TASKS]);
	cgroup_home_free(&home);
	home = machine(V1, "9:pids:/../up\n4:memory:/docker/ab/../up\n"); /* outside of what is mounted */
	assert_int_equal(home.version, 0);
	cgroup_home_free(&home);
	home = machine("%.0s%.0sno mounts\n", "");
	assert_int_equal(home.version, 0);
	cgroup_home_free(&home);
}

static bool
all_gone(const char *rest)
{
	return strstr(rest, "mine") != NULL;
}

/* A child that starts others without end, in a group of 20 and without its parent's help to end. */
static void
holds_and_sweeps(void **state)
{
	const uint64_t max[CGROUP_LIMITS] = {64 << 20, 20};
	struct cgroup_home home;
	struct cgroup group;
	pid_t pid;
	int status;

	(void)state;
	cgroup_home_find("/proc/self", &home, NULL);
	if (!home.dir[CGROUP_TASKS] || !home.dir[CGROUP_MEMORY]) {
		cgroup_home_free(&home);
		skip();
	}
	cgroup_make(&home, "jkr-unit.mine", max, true, &group);
	assert_non_null(group.dir[CGROUP_TASKS]);
	assert_false(cgroup_hit(&group, CGROUP_TASKS));
	pid = fork();
	if (!pid) {
		cgroup_enter(&group);
		for (int i = 0; i < 40; i++)
			if (!fork())
				pause();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	assert_true(cgroup_hit(&group, CGROUP_TASKS));
	assert_false(cgroup_hit(&group, CGROUP_MEMORY));
	cgroup_sweep(&home, "jkr-unit.", all_gone);
	for (int i = 0; i < CGROUP_LIMITS; i++)
		assert_int_equal(access(group.dir[i], F_OK), -1);
	cgroup_remove(&group);
	cgroup_home_free(&home);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_version_two),
		cmocka_unit_test(finds_version_one),
		cmocka_unit_test(holds_and_sweeps),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
