/* replay: gives every file that is named, or lies in a folder that is named, to one fuzz target. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fuzz.h"
#include "os/fs.h"

static unsigned given;

static void
give(int dir, const char *name)
{
	cleanup_str struct str in = {0};
	uint8_t *copy;

	if (fs_read_file(dir, name, &in, 64 << 20)) {
		perror(name);
		exit(1);
	}
	copy = xmalloc(in.len ? in.len : 1);
	if (in.len)
		memcpy(copy, in.s, in.len);
	LLVMFuzzerTestOneInput(copy, in.len);
	free(copy);
	given++;
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		cleanup_fd int dir = open(argv[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		char **names;
		size_t n;

		if (dir < 0 || fs_names(dir, &names, &n)) {
			perror(argv[i]);
			return 1;
		}
		for (size_t k = 0; k < n; k++) {
			/* the last line names the input that broke it */
			fprintf(stderr, "%s/%s\n", argv[i], names[k]);
			give(dir, names[k]);
		}
		fs_names_free(names, n);
	}
	printf("%u\n", given);
	return given ? 0 : 1;
}
