/*
 * toolchain-wrapper: starts the real compiler, assembler, linker … that lies in ../lib/toolchain/usr/bin, with the
 * libraries beside it. Its own name says which: aarch64-buildroot-linux-gnu-NAME.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHOWN "aarch64-buildroot-linux-gnu-"
#define REAL "aarch64-linux-gnu-"

int
main(int argc, char **argv)
{
	char self[4096], program[8192], libraries[8192];
	const char *name = strrchr(argv[0], '/');
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	(void)argc;
	name = name ? name + 1 : argv[0];
	if (n < 0 || strncmp(name, SHOWN, strlen(SHOWN)) != 0) {
		fprintf(stderr, "toolchain-wrapper: cannot tell what %s is\n", argv[0]);
		return 127;
	}
	self[n] = 0;
	for (int up = 0; up < 2; up++) {
		slash = strrchr(self, '/');
		if (!slash)
			return 127;
		*slash = 0;
	}
	snprintf(program, sizeof(program), "%s/lib/toolchain/usr/bin/" REAL "%s", self, name + strlen(SHOWN));
	snprintf(libraries, sizeof(libraries), "%s/lib/toolchain/usr/lib/x86_64-linux-gnu", self);
	setenv("LD_LIBRARY_PATH", libraries, 1);
	argv[0] = program;
	execv(program, argv);
	fprintf(stderr, "toolchain-wrapper: %s: %s\n", program, strerror(errno));
	return 127;
}
