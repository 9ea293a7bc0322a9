/* Device tree sources, before dtc sees them. */
#include "fuzz.h"

#include "data/dts.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	static const char *const folders[] = {"/jkr/in/0"};
	static const struct dts_known known = {"x.dts", folders, 1};
	struct fuzz_input in = {data, size};
	struct err err = {0};
	bool plugin;
	size_t len, nref;
	cleanup_free char *text = fuzz_part(&in, &len), *ref = fuzz_part(&in, &nref);

	fuzz_ended(dts_check_source(text, len, "x.dts", &err), &err);
	fuzz_ended(dts_check_expanded(text, &known, &plugin, &err), &err);
	dts_where(text, "uart0", &a);
	dts_where(text, "/soc", &a);
	if (nref)
		dts_where(text, ref, &a);
	dts_shown(ref);
	return 0;
}
