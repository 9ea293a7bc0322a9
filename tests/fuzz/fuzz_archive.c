/* Archives, read to a memory sink: every member, every byte, archives in archives. */
#include "fuzz.h"

#include <sys/stat.h>

#include "data/archive.h"

enum { ENOUGH = 8 << 20 };

static int
read_member(struct arc *a, uint64_t *sum, struct err *err)
{
	char buf[16384];
	ssize_t n;

	while ((n = arc_read(a, buf, sizeof buf, err)) > 0)
		if ((*sum += (uint64_t)n) > ENOUGH)
			return 1;
	return (int)n;
}

static void read_all(struct arc *a, unsigned depth, uint64_t *sum);

static void
read_inner(struct arc *a, unsigned depth, uint64_t *sum)
{
	struct err err = {0};
	struct arc *inner = arc_open_member(a, "inner", &err);

	if (inner)
		read_all(inner, depth + 1, sum);
	FUZZ_CHECK(inner || err_any(&err));
	fuzz_mistakes(&err, NULL);
}

static void
read_all(struct arc *a, unsigned depth, uint64_t *sum)
{
	struct err err = {0};
	struct member m;
	int r = 0;

	while (*sum <= ENOUGH && (r = arc_next(a, &m, &err)) > 0) {
		FUZZ_CHECK(m.name && m.number);
		if (depth < 2 && S_ISREG(m.mode) && str_starts(m.name, "data."))
			read_inner(a, depth, sum);
		else if ((r = read_member(a, sum, &err)))
			break;
	}
	if (!r && !depth && *sum <= ENOUGH) {
		r = arc_finish(a, &err);
		arc_trailing(a);
	}
	FUZZ_CHECK((r < 0) == err_any(&err));
	fuzz_mistakes(&err, NULL);
	arc_close(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arc_limits limits = {.ratio = 1000, .floor = 1 << 20, .threads = 1};
	struct err err = {0};
	uint64_t sum = 0;
	struct arc *a = arc_open(fuzz_fd(data, size), "x.tar", &limits, &err);

	if (a) {
		arc_kind(a);
		read_all(a, 0, &sum);
	}
	FUZZ_CHECK(a || err_any(&err));
	fuzz_mistakes(&err, NULL);
	return 0;
}
