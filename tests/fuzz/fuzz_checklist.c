/* Lists of checksums, as strangers write them: what is taken is written and read again as it was. */
#include "fuzz.h"

#include "data/checklist.h"

static void
write_and_read(const struct checklist *l, struct arena *a)
{
	cleanup_str struct str out = {0};
	struct checklist again;
	struct err err = {0};

	for (size_t i = 0; i < l->n; i++)
		checklist_add(&out, &l->v[i].hash, l->v[i].path);
	FUZZ_CHECK(!checklist_parse(out.s, out.len, "y", a, &again, &err));
	FUZZ_CHECK(again.n == l->n);
	for (size_t i = 0; i < l->n; i++)
		FUZZ_CHECK(!strcmp(again.v[i].path, l->v[i].path) && !hash_cmp(&again.v[i].hash, &l->v[i].hash));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	struct fuzz_input in = {data, size};
	struct checklist l = {0};
	struct err err = {0};
	size_t n;
	cleanup_free char *text = fuzz_bytes(&in, &n);
	int r = checklist_parse(text, n, "x.sha256", &a, &l, &err);

	fuzz_ended(r, &err);
	if (r)
		return 0;
	FUZZ_CHECK(l.n);
	for (size_t i = 0; i < l.n; i++) {
		cleanup_free char *clean = xstrdup(l.v[i].path);

		FUZZ_CHECK(*clean && *clean != '/' && !path_clean(clean) && !strcmp(clean, l.v[i].path));
		FUZZ_CHECK(!i || path_cmp(l.v[i - 1].path, l.v[i].path) < 0);
		FUZZ_CHECK(checklist_find(&l, l.v[i].path) == &l.v[i]);
	}
	write_and_read(&l, &a);
	return 0;
}
