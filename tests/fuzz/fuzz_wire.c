/* What a step's process tells the runner. */
#include "fuzz.h"

#include "run/wire.h"

static int
take(enum wire_kind kind, const char *p, size_t n)
{
	/* apart from the frames that follow, so that reading on shows */
	cleanup_free char *exact = xmalloc(n ? n : 1);
	struct wire_said said;
	struct err err = {0};
	int r;

	if (n)
		memcpy(exact, p, n);
	r = wire_read(kind, exact, n, &said);
	FUZZ_CHECK(r || (kind >= WIRE_NOTE && kind <= WIRE_SHELL));
	if (!r && said.text)
		FUZZ_CHECK(strlen(said.text) + (said.value ? strlen(said.value) + 1 : 0) < n);
	if (!r && kind == WIRE_ERR)
		r = wire_parse_err(exact, n, &err);
	/* a code or an empty sentence is the step's own word: it is only printed */
	err_free(&err);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_str struct str in = {0};
	enum wire_kind kind;
	size_t at = 0, n, taken;
	const char *p;

	str_addn(&in, data, size);
	while (in.len > at && (taken = wire_next(&in, at, &kind, &p, &n)) > 0) {
		FUZZ_CHECK(taken <= in.len - at);
		take(kind, p, n);
		at += taken;
	}
	return 0;
}
