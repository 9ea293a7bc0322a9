/* jkr.lock, and the pins that it holds. */
#include "fuzz.h"

#include "data/debian.h"
#include "data/image_pin.h"
#include "data/lock.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* The hash comes and goes, and nothing else changes. */
static void
change_hash(const char *pin, struct arena *a)
{
	cleanup_str struct str with = {0}, without = {0}, again = {0};
	struct image_pin one, two;
	int r = image_pin_parse(pin, a, &one);

	image_pin_format(pin, HEX, &with);
	image_pin_format(str_text(&with), NULL, &without);
	if (!r) {
		FUZZ_CHECK(!image_pin_parse(with.s, a, &two) && !strcmp(two.sha256, HEX));
		FUZZ_CHECK(two.versions.n == one.versions.n && two.bytes == one.bytes);
		map_free(&two.versions);
		image_pin_format(str_text(&without), one.sha256, &again);
		FUZZ_CHECK(!strcmp(again.s, pin));
	}
	map_free(&one.versions);
}

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
		change_hash(pin, &a);
		if (!deb_parse(pin, &a, &d)) {
			deb_format(&d, &out);
			FUZZ_CHECK(!deb_parse(out.s, &a, &d));
		}
	}
	fuzz_ended(r, &err);
	lock_free(&l);
	return 0;
}
