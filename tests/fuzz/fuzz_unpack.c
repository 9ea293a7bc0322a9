/* Archives unpacked into a layer: bytes with strip and flags, the archive. Whatever it says, the list is one
 * that reads back. */
#include "fuzz.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "model/layer.h"
#include "model/unpack.h"
#include "os/fs.h"

static void
check_list(struct layer *l)
{
	cleanup_arena struct arena a = {0};
	cleanup_str struct str text = {0};
	struct err err = {0};
	struct entry *again = NULL;
	size_t n, nagain = 0;
	const struct entry *v = layer_list(l, &n, &err);

	FUZZ_CHECK(v);
	list_format(v, n, &text);
	FUZZ_CHECK(!list_parse(text.s, text.len, &a, &again, &nagain, &err) && nagain == n);
	free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *skipped[] = {"*.o"};
	const struct strings skip = {.n = 1, .v = skipped};
	struct fuzz_input in = {data, size};
	unsigned strip = fuzz_byte(&in), flags = fuzz_byte(&in);
	struct unpack_opts opts = {.strip = strip % 3,
				   .skip = flags & 1 ? &skip : NULL,
				   .rootfs = flags & 2,
				   .into = flags & 4 ? "in/to" : NULL,
				   .max_size = 4 << 20,
				   .max_files = 64,
				   .ratio = 1000,
				   .threads = 1};
	cleanup_fd int at = open(fuzz_folder(), O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct err err = {0};
	struct unpack_sums sums;
	struct layer *l;
	struct unpack *u;
	cleanup_fd int dir = -1;
	int r;

	FUZZ_CHECK(!mkdirat(at, "up", 0755));
	dir = openat(at, "up", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	l = layer_new(dir, NULL);
	u = unpack_new(l, &opts);
	r = unpack_archive(u, fuzz_fd(in.p, in.n), "x.tar", &err);
	if (!r)
		r = unpack_end(u, &sums, &err);
	unpack_free(u);
	fuzz_ended(r, &err);
	if (!r)
		check_list(l);
	layer_free(l);
	FUZZ_CHECK(!fs_remove(at, "up"));
	return 0;
}
