/* Tests of base/mem: pieces of an arena lie apart, whatever the order of their sizes. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"

enum { PIECES = 400 };

/* A piece of odd size comes first: nothing may be put behind its end. */
static void
test_large_piece_first(void **state)
{
	struct arena a = {0};
	char *large = arena_alloc(&a, 20001), *small = arena_alloc(&a, 16);

	(void)state;
	assert_true(small + 16 <= large || small >= large + 20016 + 16);
	arena_free(&a);
}

static void
test_pieces_keep_what_they_hold(void **state)
{
	static const size_t sizes[] = {1, 17, 900, 1025, 4000, 16385, 70001, 3, 16384, 64};
	unsigned char *piece[PIECES];
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < PIECES; i++) {
		size_t n = sizes[i % ARRAY_LEN(sizes)];

		piece[i] = arena_alloc(&a, n);
		assert_int_equal((uintptr_t)piece[i] % 16, 0);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(piece[i][k], 0);
		memset(piece[i], (int)i, n);
	}
	for (size_t i = 0; i < PIECES; i++)
		for (size_t k = 0; k < sizes[i % ARRAY_LEN(sizes)]; k++)
			assert_int_equal(piece[i][k], (unsigned char)i);
	arena_free(&a);
}

/* In the place of libc's: a path that is right, and no memory for the answer. */
static int path_fault;

char *
realpath(const char *path, char *out)
{
	(void)path, (void)out;
	errno = path_fault;
	return NULL;
}

static void
test_no_memory_is_no_missing_path(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	path_fault = ENOENT;
	assert_null(xrealpath("/"));
	assert_int_equal(errno, ENOENT);
	path_fault = ENOMEM;
	pid = fork();
	if (!pid) {
		close(STDERR_FILENO);
		signal(SIGABRT, SIG_DFL);
		xrealpath("/");
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_large_piece_first),
		cmocka_unit_test(test_pieces_keep_what_they_hold),
		cmocka_unit_test(test_no_memory_is_no_missing_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
