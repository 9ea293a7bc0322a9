#include "model/kcompiler.h"

#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "data/kconfig.h"
#include "os/fs.h"

#define CONFIG_MAX ((size_t)16 << 20)

/* The text first: where it is another, it tells more than the number. */
static const char *const facts[] = {
	"CC_VERSION_TEXT", "CC_IS_GCC",  "GCC_VERSION", "CC_IS_CLANG",
	"CLANG_VERSION",   "AS_VERSION", "LD_VERSION",  "LLD_VERSION",
};

static const char *
fact(const struct kconfig *k, const char *name, struct arena *a)
{
	const char *v = kconfig_get(k, name);

	return v ? kconfig_plain(a, v) : "n";
}

int
kcompiler_compare(const char *before, const char *after, const char *name, struct arena *a, struct err *err)
{
	struct kconfig b = {0}, n = {0};

	kconfig_parse_config(".config", before, strlen(before), a, &b);
	kconfig_parse_config(".config", after, strlen(after), a, &n);
	for (size_t i = 0; i < ARRAY_LEN(facts) && kconfig_get(&b, facts[0]) && !err_any(err); i++) {
		const char *was = fact(&b, facts[i], a), *is = fact(&n, facts[i], a);

		if (!strcmp(was, is))
			continue;
		err_set(err, "E0209", "step `%s` was configured with one compiler and built with another", name);
		err_label(err, "CONFIG_%s was `%s` and is `%s`", facts[i], was, is);
		err_help(err, "configure with the toolchain and the variables that build it, as `kernel` does");
	}
	kconfig_free(&b);
	kconfig_free(&n);
	return err_any(err) ? -1 : 0;
}

int
kcompiler_check(struct inside *in, const struct source *config, struct err *err)
{
	cleanup_fd int after = config->kind == SRC_NONE ? -1 : inside_look(in, "/jkr/build", ".config"), before = -1;
	cleanup_str struct str a = {0}, b = {0};

	if (after < 0)
		return 0;
	before = job_open(in->job, config, err);
	if (before < 0)
		return -1;
	if (fs_read(before, &b, CONFIG_MAX) || fs_read(after, &a, CONFIG_MAX))
		return err_sys(err, "E0206", "cannot read the .config of step `%s`", job_name(in->job));
	if (!kcompiler_compare(str_text(&b), str_text(&a), job_name(in->job), job_arena(in->job), err))
		return 0;
	return err_at(err, job_place(in->job));
}
