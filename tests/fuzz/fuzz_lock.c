/* jkr.lock, and the pins that it holds. */
#include "fuzz.h"

#include "data/debian.h"
#include "data/lock.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	struct fuzz_input in = {data, size};
	struct err err = {0};
	struct lock l = {0};
	size_t len;
	cleanup_free char *text = fuzz_part(&in, &len);
	int r = lock_parse(&l, text, len, "jkr.lock", &err);

	for (size_t i = 0; !r && i < l.pins.n; i++) {
		const char *pin = lock_get(&l, l.pins.v[i].key);
		cleanup_str struct str out = {0};
		struct deb d;

		FUZZ_CHECK(pin == l.pins.v[i].value);
		if (!deb_parse(pin, &a, &d)) {
			deb_format(&d, &out);
			FUZZ_CHECK(!deb_parse(out.s, &a, &d));
		}
	}
	fuzz_ended(r, &err);
	lock_free(&l);
	return 0;
}
