/* Tests of run/limits where the kernel gives no group: what is watched instead, and what is said of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "model/prim.h"
#include "model/recipe.h"
#include "run/container.h"
#include "run/limits.h"

enum { HELD = 32 << 20, CHILDREN = 7 };

static const struct prim program = {.name = "program", .flags = PRIM_CONTAINER};

/* A step's process with children; the first of them holds much. */
static pid_t
job(void)
{
	int p[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(p), 0);
	pid = fork();
	for (int i = 0; !pid && i < CHILDREN; i++)
		if (!fork()) {
			volatile char *held = i ? NULL : malloc(HELD);

			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (size_t k = 0; held && k < HELD; k += 4096)
				held[k] = 1;
			if (write(p[1], "x", 1) != 1)
				_exit(1);
			for (;;)
				pause();
		}
	while (!pid)
		pause();
	for (int i = 0; i < CHILDREN; i++)
		assert_int_equal(read(p[0], &c, 1), 1);
	close(p[0]);
	close(p[1]);
	return pid;
}

static void
end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void
begin(struct limits *l, struct step *s, int64_t memory, int64_t processes)
{
	struct cgroup_home nowhere;

	memset(&nowhere, 0, sizeof nowhere);
	memset(s, 0, sizeof *s);
	s->name = "s";
	s->prim = &program;
	s->common.memory = memory;
	s->common.processes = processes;
	limits_begin(l, &nowhere, s, 0, "1.1", 0, AT_FDCWD);
	assert_int_equal(l->disk_min, 0); /* there is no such store */
}

static void
says(const struct limits *l, enum ending why, const char *code, const char *want)
{
	struct err err = {0};

	limits_say(l, why, &err);
	assert_string_equal(err.head->code, code);
	if (!strstr(err.head->msg, want))
		fail_msg("%s", err.head->msg);
	err_free(&err);
}

static void
memory_is_watched(void **state)
{
	struct limits l;
	struct step s;
	pid_t pid = job();

	(void)state;
	begin(&l, &s, HELD / 2, 0);
	assert_int_equal(limits_over(&l, pid, -1, 10), END_MEMORY);
	assert_int_equal(limits_over(&l, pid, -1, 10.05), END_SELF); /* not looked at again so soon */
	assert_int_equal(limits_over(&l, pid, -1, 10.2), END_MEMORY);
	says(&l, END_MEMORY, "E0308", "more than its `memory` of 16 MiB");
	limits_end(&l);
	begin(&l, &s, 16ll * HELD, 0);
	assert_int_equal(limits_over(&l, pid, -1, 10), END_SELF);
	limits_end(&l);
	end(pid);
}

static void
processes_are_watched(void **state)
{
	struct limits l;
	struct step s;
	pid_t pid = job();

	(void)state;
	begin(&l, &s, 0, 1);
	assert_int_equal(limits_over(&l, pid, -1, 10), END_PROCESSES);
	says(&l, END_PROCESSES, "E0323", "more than its `processes` of 1");
	says(&l, END_MEMORY, "E0308", "that this machine has for it");
	begin(&l, &s, 0, CHILDREN + 1);
	assert_int_equal(limits_over(&l, pid, -1, 10), END_SELF);
	end(pid);
}

/* Who watches comes before a crowd; what it watches does not. */
static void
the_watcher_comes_first(void **state)
{
	struct cgroup_home nowhere;
	struct limits l;
	struct step s;
	int before = getpriority(PRIO_PROCESS, 0), status;
	pid_t pid;

	(void)state;
	memset(&nowhere, 0, sizeof nowhere);
	begin(&l, &s, 0, 0);
	pid = fork();
	if (!pid) {
		bool first;

		l.nice = limits_first(&nowhere);
		first = getpriority(PRIO_PROCESS, 0) == (geteuid() ? before : -20);
		limits_enter(&l);
		_exit(!first || getpriority(PRIO_PROCESS, 0) != before);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	limits_end(&l);
}

static void
a_full_disk_is_blamed_of_a_failure_only(void **state)
{
	struct limits l;
	struct step s;
	int here = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	begin(&l, &s, 0, 0);
	l.disk_min = UINT64_MAX;
	assert_int_equal(limits_over(&l, getpid(), here, 10), END_DISK);
	assert_int_equal(limits_after(&l, here, true), END_DISK);
	assert_int_equal(limits_after(&l, here, false), END_SELF);
	says(&l, END_DISK, "E0324", "of the store's disk");
	l.disk_min = 0;
	assert_int_equal(limits_after(&l, here, true), END_SELF);
	close(here);
}

/* Who is taken for gone loses his groups, and all that runs in them. */
static void
only_who_is_gone_is_gone(void **state)
{
	char id[CONTAINER_ID], other[CONTAINER_ID * 2];
	struct rlimit old, none;
	pid_t pid = fork();
	bool gone;

	(void)state;
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	container_run_id(id);
	assert_false(container_run_gone(id));
	snprintf(other, sizeof other, "%d%s", (int)pid, strchr(id, '-'));
	assert_true(container_run_gone(other));
	snprintf(other, sizeof other, "%d-1%s", (int)getpid(), strrchr(id, '-'));
	assert_true(container_run_gone(other));
	snprintf(other, sizeof other, "%d-1-1", (int)getpid());
	assert_false(container_run_gone(other)); /* another namespace's */
	/* without a descriptor nothing can be read of anybody */
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = (struct rlimit){0, old.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	gone = container_run_gone(id);
	container_run_id(other);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_false(gone);
	assert_false(container_run_gone(other));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_watched),        cmocka_unit_test(processes_are_watched),
		cmocka_unit_test(the_watcher_comes_first),  cmocka_unit_test(a_full_disk_is_blamed_of_a_failure_only),
		cmocka_unit_test(only_who_is_gone_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
