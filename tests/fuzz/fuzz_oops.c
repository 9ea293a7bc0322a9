/* What a kernel said when it failed, and a System.map or an ELF file that its places are looked up in. */
#include "fuzz.h"

#include "data/oops.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct err err = {0};
	struct oops_symbols s;
	struct oops o;
	size_t ntext, nmap, last = 0;
	cleanup_free char *text = fuzz_part(&in, &ntext), *map = fuzz_bytes(&in, &nmap);
	bool other;
	int r;

	oops_read(&o, text, ntext);
	r = oops_symbols_read(&s, "map", map, nmap, &err);
	for (size_t i = 0; i < o.n; i++) {
		const struct oops_word *w = &o.v[i];

		FUZZ_CHECK(w->len && w->at >= last && w->at + w->len <= ntext);
		FUZZ_CHECK(!w->name || !strncmp(text + w->at, w->name, strlen(w->name)));
		last = w->at + w->len;
		if (!r && w->name)
			oops_find(&s, w->name, w->size, &other);
		else if (!r)
			oops_at(&s, w->offset - o.moved);
	}
	for (size_t i = 1; !r && i < s.n && !s.v[i].section; i++)
		FUZZ_CHECK(s.v[i - 1].address <= s.v[i].address);
	oops_symbols_free(&s);
	oops_free(&o);
	fuzz_ended(r, &err);
	return 0;
}
