/* Two configurations that a tree's own menus left, and a person's fragment that takes up what changed. */
#include "fuzz.h"

#include "data/configdiff.h"

static void
read_config(struct fuzz_input *in, struct arena *a, struct kconfig *out)
{
	size_t len;
	cleanup_free char *text = fuzz_part(in, &len);

	kconfig_parse_config("x", text, len, a, out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	cleanup_str struct str once = {0}, twice = {0};
	struct fuzz_input in = {data, size};
	struct kconfig before = {0}, after = {0}, whole = {0};
	struct config_changes c = {0};
	size_t len;
	cleanup_free char *fragment = NULL;

	read_config(&in, &a, &before);
	read_config(&in, &a, &after);
	read_config(&in, &a, &whole);
	fragment = fuzz_part(&in, &len);
	configdiff(&before, &after, &whole, &a, &c);
	for (size_t i = 0; i < c.n; i++)
		FUZZ_CHECK(!kconfig_bad_name(c.v[i].name) && (!c.v[i].value || !kconfig_bad_value(c.v[i].value)));
	configdiff_apply(fragment, &c, &once);
	configdiff_apply(str_text(&once), &c, &twice);
	FUZZ_CHECK(once.len == twice.len && !memcmp(str_text(&once), str_text(&twice), once.len));
	kconfig_free(&before);
	kconfig_free(&after);
	kconfig_free(&whole);
	return 0;
}
