/* YAML, what a toolchain's description and a matrix make of it, and what a repository states. */
#include "fuzz.h"

#include "cli/matrix.h"
#include "data/json.h"
#include "data/toolchain.h"
#include "data/yaml.h"
#include "model/capabilities.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	struct fuzz_input in = {data, size};
	struct err err = {0};
	struct capabilities may = {0};
	struct matrix rows = {.shown = "x.yaml", .folder = ""};
	struct value v = {0};
	size_t len;
	cleanup_free char *text = fuzz_part(&in, &len);
	int r = yaml_parse(text, len, "x.yaml", &a, &v, &err);

	if (!r) {
		cleanup_json struct json *j = json_array();
		cleanup_str struct str out = {0};

		json_value(j, NULL, &v);
		json_print(j, true, &out);
	}
	fuzz_ended(r, &err);
	fuzz_ended(toolchain_parse(text, len, "x.yaml", &a, &v, &err), &err);
	fuzz_ended(matrix_read(text, len, &a, &rows, &err), &err);
	fuzz_ended(capabilities_parse(text, len, "x.yaml", &a, &may, &err), &err);
	if (may.primitives.n | may.network.n | may.paths.n) {
		cleanup_str struct str out = {0};

		capabilities_text(&may, &out);
		capabilities_reach(&may, text);
	}
	return 0;
}
