/* .config files and fragments, what is written of them, and the vermagic that follows from them. */
#include "fuzz.h"

#include "data/kconfig.h"
#include "data/vermagic.h"

static void
write_and_read(const struct config_line *l, struct arena *a)
{
	cleanup_str struct str out = {0};
	struct kconfig k = {0};
	struct err err = {0};

	kconfig_write_line(&out, l->name, l->value);
	FUZZ_CHECK(!kconfig_parse_fragment("y", out.s, out.len, a, &k, &err));
	FUZZ_CHECK(k.n == 1 && !strcmp(k.v[0].name, l->name) && !strcmp(k.v[0].value, l->value));
	kconfig_free(&k);
	err_free(&err);
}

static void
look(const struct kconfig *k, struct arena *a, bool strict)
{
	for (size_t i = 0; i < k->n; i++) {
		const struct config_line *l = &k->v[i];

		FUZZ_CHECK(kconfig_get(k, l->name));
		FUZZ_CHECK(kconfig_equal(l->value, l->value));
		kconfig_equal(l->value, kconfig_get(k, l->name));
		FUZZ_CHECK(kconfig_plain(a, l->value));
		if (strict)
			write_and_read(l, a);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	cleanup_str struct str magic = {0}, release = {0};
	struct fuzz_input in = {data, size};
	struct err err = {0};
	struct kconfig k = {0};
	size_t len;
	cleanup_free char *text = fuzz_part(&in, &len);
	int r = kconfig_parse_fragment("x.config", text, len, &a, &k, &err);

	if (!r)
		look(&k, &a, true);
	fuzz_ended(r, &err);
	kconfig_free(&k);
	memset(&k, 0, sizeof k);
	kconfig_parse_config(".config", text, len, &a, &k);
	look(&k, &a, false);
	kconfig_free(&k);
	kconfig_bad_name(text);
	kconfig_bad_value(text);
	vermagic_expect("6.1.0", text, &magic);
	vermagic_arch_of(text);
	str_add(&release, text);
	vermagic_release(&release);
	return 0;
}
