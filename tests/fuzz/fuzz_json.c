/* JSON: what is read, printed and read again is the same. */
#include "fuzz.h"

#include "data/json.h"

static void
print(const struct value *v, struct str *out)
{
	cleanup_json struct json *j = json_array();

	json_value(j, NULL, v);
	json_print(j, false, out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	cleanup_str struct str once = {0}, twice = {0};
	struct fuzz_input in = {data, size};
	struct err err = {0};
	struct value v = {0};
	size_t len;
	cleanup_free char *text = fuzz_part(&in, &len);
	int r = json_parse(text, len, 1 << 20, "x.json", &a, &v, &err);

	if (!r) {
		print(&v, &once);
		/* one level deeper than what was read */
		if (!json_parse(once.s, once.len, 8 << 20, "y.json", &a, &v, &err)) {
			FUZZ_CHECK(v.type == V_TABLE && v.table.nitems == 1);
			print(&v.table.items[0], &twice);
			FUZZ_CHECK(str_eq(once.s, twice.s));
		} else {
			fuzz_mistakes(&err, NULL);
		}
	}
	fuzz_ended(r, &err);
	return 0;
}
