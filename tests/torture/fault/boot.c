/* boot: preloaded, shows the file $BOOT_ID as the kernel's boot_id, as after a new start of the machine. A file
 * bound over it would do the same, but then the kernel lets nobody mount /proc in a sandbox. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int
open(const char *path, int flags, ...)
{
	int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
	const char *other = getenv("BOOT_ID");
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = va_arg(ap, int);
	va_end(ap);
	return real(other && !strcmp(path, "/proc/sys/kernel/random/boot_id") ? other : path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = va_arg(ap, int);
	va_end(ap);
	return open(path, flags, mode);
}
