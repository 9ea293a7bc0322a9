/* Two files, compared: texts, ELF files, archives, anything. */
#include "fuzz.h"

#include <sys/mman.h>

#include "data/bytediff.h"
#include "data/cause.h"
#include "os/fs.h"

static int
file_of(const void *p, size_t n)
{
	cleanup_fd int fd = memfd_create("fuzz", MFD_CLOEXEC);

	FUZZ_CHECK(fd >= 0 && !fs_write(fd, p, n));
	return steal_fd(&fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	cleanup_str struct str where = {0};
	const struct cause *cause = NULL;
	size_t n, m;
	cleanup_free void *a = fuzz_bytes(&in, &n), *b = fuzz_bytes(&in, &m);
	cleanup_fd int x = file_of(a, n), y = file_of(b, m);
	int r = bytediff_cause(x, y, &where, &cause);

	FUZZ_CHECK(r == (n != m || memcmp(a, b, n) != 0));
	FUZZ_CHECK(!r == !where.len && (r || !cause));
	FUZZ_CHECK(bytediff(x, x, &where) == 0);
	return 0;
}
