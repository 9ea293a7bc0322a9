/* Files of sources, as strangers write them: one is taken whole, or nothing of it stays. */
#include "fuzz.h"

#include <fcntl.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/sources.h"
#include "os/fs.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_fd int dir = open(fuzz_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_free char *file = xasprintf("%s/in.tar", fuzz_folder()), *to = xasprintf("%s/out", fuzz_folder());
	const char *argv[] = {file, to, NULL};
	const struct cli cli = {.argc = 2, .argv = argv, .quiet = true};
	struct err err = {0};
	char **names;
	size_t n = 0;
	int r;

	FUZZ_CHECK(dir >= 0 && !fs_replace(dir, "in.tar", data, size, 0644));
	r = sources_import(&cli, &err);
	fuzz_ended(r, &err);
	FUZZ_CHECK(fs_exists(dir, "out") == !r);
	fs_remove(dir, "out");
	FUZZ_CHECK(!fs_names(dir, &names, &n));
	for (size_t i = 0; i < n; i++)
		FUZZ_CHECK(strncmp(names[i], ".jkr-import-", 12) != 0);
	fs_names_free(names, n);
	return 0;
}
