/* Lists of layers: there is exactly one text for a list, and folding keeps the order. */
#include "fuzz.h"

#include "model/tree.h"

struct list {
	struct entry *v;
	size_t n;
};

static bool
read_list(struct fuzz_input *in, struct arena *a, struct list *out)
{
	cleanup_str struct str again = {0};
	struct err err = {0};
	size_t len;
	cleanup_free char *text = fuzz_bytes(in, &len);
	int r = list_parse(text, len, a, &out->v, &out->n, &err);

	fuzz_ended(r, &err);
	if (r)
		return false;
	list_format(out->v, out->n, &again);
	FUZZ_CHECK(again.len == len && !memcmp(again.s, text, len));
	return true;
}

static void
check_sorted(const struct entry *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		FUZZ_CHECK(entry_path_ok(v[i].path));
		FUZZ_CHECK(!i || path_cmp(v[i - 1].path, v[i].path) < 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	struct fuzz_input in = {data, size};
	struct list below = {0}, upper = {0}, seen = {0}, marked = {0};
	struct tree t = {0};

	if (read_list(&in, &a, &below) && in.n && read_list(&in, &a, &upper)) {
		list_merge(&a, below.v, below.n, upper.v, upper.n, 1, &seen.v, &seen.n);
		check_sorted(seen.v, seen.n);
		marked.v = list_fold(below.v, below.n, upper.v, upper.n, true, &marked.n);
		check_sorted(marked.v, marked.n);
		t.v = seen.v;
		t.n = seen.n;
		for (size_t i = 0; i < t.n && i < 64; i++) {
			FUZZ_CHECK(tree_find(&t, t.v[i].path) == &t.v[i]);
			tree_resolve(&t, t.v[i].path);
		}
		tree_identity(&t, "");
		tree_near(&t, "a/b");
	}
	free(below.v);
	free(upper.v);
	free(marked.v);
	return 0;
}
