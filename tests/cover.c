/* cover: what the linker puts before _exit and execve in a build that counts lines (COV=1), for gcov writes its
 * counts only where a program ends by exit(): a step's process does not, nor one that becomes another program.
 * The child that loads a recipe may neither open nor write a file; in this build it may. */
#include <seccomp.h>
#include <sys/resource.h>
#include <unistd.h>

void __gcov_dump(void);
_Noreturn void __real__exit(int status);
int __real_execve(const char *path, char *const argv[], char *const env[]);
int __real_execvpe(const char *file, char *const argv[], char *const env[]);
int __real_setrlimit(int what, const struct rlimit *r);

_Noreturn void __wrap__exit(int status);
int __wrap_execve(const char *path, char *const argv[], char *const env[]);
int __wrap_execvpe(const char *file, char *const argv[], char *const env[]);
int __wrap_setrlimit(int what, const struct rlimit *r);
int __wrap_seccomp_load(scmp_filter_ctx s);

void
__wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}

int
__wrap_execve(const char *path, char *const argv[], char *const env[])
{
	__gcov_dump();
	return __real_execve(path, argv, env);
}

int
__wrap_execvpe(const char *file, char *const argv[], char *const env[])
{
	__gcov_dump();
	return __real_execvpe(file, argv, env);
}

int
__wrap_setrlimit(int what, const struct rlimit *r)
{
	return what == RLIMIT_FSIZE || what == RLIMIT_NOFILE ? 0 : __real_setrlimit(what, r);
}

int
__wrap_seccomp_load(scmp_filter_ctx s)
{
	(void)s;
	return 0;
}
