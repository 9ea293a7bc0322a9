/* What another computer answers, asked for its kernel: nothing of it is believed. */
#include "fuzz.h"

#include "data/machine.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	struct fuzz_input in = {data, size};
	struct machine m = {.name = "ssh://x"};
	struct err err = {0};
	size_t len;
	cleanup_free char *text = fuzz_part(&in, &len);
	int r = machine_answer(text, m.name, &a, &m, &err);

	fuzz_ended(r, &err);
	if (r)
		return 0;
	FUZZ_CHECK(m.banner && *m.release && !strchr(m.release, '/'));
	for (size_t i = 0; i < m.files.n; i++)
		FUZZ_CHECK(*m.files.v[i].path && *m.files.v[i].path != '/');
	return 0;
}
