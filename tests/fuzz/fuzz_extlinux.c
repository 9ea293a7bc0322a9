/* A boot menu of somebody else's image: what is said stands in it afterwards, and saying it again changes nothing. */
#include "fuzz.h"

#include "data/extlinux.h"
#include "data/schema.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const all[][2] = {
		{"FDT", "/boot/x.dtb"}, {"LINUX", "/boot/Image"}, {"OVERLAYS", "/a.dtbo,/b.dtbo"}, {"INITRD", NULL}};
	static const char *args[] = {"root=/dev/sda1", "rootwait", "isolcpus=1-3"}, *without[] = {"quiet", "console"};
	const struct strings add = {.n = ARRAY_LEN(args), .v = args}, drop = {.n = ARRAY_LEN(without), .v = without};
	const char *keys[ARRAY_LEN(all) + 1] = {0}, *values[ARRAY_LEN(all)];
	cleanup_str struct str out = {0}, again = {0};
	struct fuzz_input in = {data, size};
	unsigned which = fuzz_byte(&in);
	struct err err = {0};
	size_t len, n = 0;
	cleanup_free char *label = fuzz_part(&in, &len), *text = fuzz_part(&in, &len);
	struct extlinux_change c = {*label ? label : NULL, keys, values, &add, &drop};
	int r;

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (which & 1u << i) {
			keys[n] = all[i][0];
			values[n++] = all[i][1];
		}
	r = extlinux_change(text, &c, &out, &err);
	fuzz_ended(r, &err);
	if (r)
		return 0;
	FUZZ_CHECK(strstr(str_text(&out), " root=/dev/sda1 rootwait isolcpus=1-3\n"));
	FUZZ_CHECK(!extlinux_change(str_text(&out), &c, &again, &err));
	FUZZ_CHECK(again.len == out.len && !memcmp(again.s, out.s, out.len));
	return 0;
}
