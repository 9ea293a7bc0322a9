#include "model/ksettled.h"

#include <string.h>

#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "data/kconfig.h"
#include "os/fs.h"

#define CONFIG_MAX ((size_t)16 << 20)

/* The text first: where it is another, it tells more than the number. */
static const char *const facts[] = {
	"CC_VERSION_TEXT", "CC_IS_GCC",  "GCC_VERSION", "CC_IS_CLANG",
	"CLANG_VERSION",   "AS_VERSION", "LD_VERSION",  "LLD_VERSION",
};

enum { CHANGED_SHOWN = 4 };

struct changed {
	struct kconfig before, after;
	struct arena *a;
	size_t n;
	struct str words;
};

static const char *
fact(const struct kconfig *k, const char *name, struct arena *a)
{
	const char *v = kconfig_get(k, name);

	return v ? kconfig_plain(a, v) : "n";
}

static void
compare_compilers(const struct changed *c, const char *name, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(facts) && !err_any(err); i++) {
		const char *was = fact(&c->before, facts[i], c->a), *is = fact(&c->after, facts[i], c->a);

		if (!strcmp(was, is))
			continue;
		err_set(err, "E0209", "step `%s` was configured with one compiler and built with another", name);
		err_label(err, "CONFIG_%s was `%s` and is `%s`", facts[i], was, is);
		err_help(err, "configure with the toolchain and the variables that build it, as `kernel` does");
	}
}

/* Adds the symbols of `k` whose value changed; `other` has been told already. */
static void
add_changed(struct changed *c, const struct kconfig *k, const struct kconfig *other)
{
	for (size_t i = 0; i < k->last.n; i++) {
		const char *symbol = k->last.v[i].key;
		const char *was = kconfig_get(&c->before, symbol), *is = kconfig_get(&c->after, symbol);

		if (kconfig_equal(was ? was : "n", is) || (other && map_has(&other->last, symbol)))
			continue;
		if (c->n++ < CHANGED_SHOWN)
			str_addf(&c->words, "%sCONFIG_%s was `%s` and is `%s`", c->n > 1 ? ", " : "", symbol,
				 fact(&c->before, symbol, c->a), fact(&c->after, symbol, c->a));
	}
}

static void
compare_values(struct changed *c, const char *name, struct err *err)
{
	add_changed(c, &c->before, NULL);
	add_changed(c, &c->after, &c->before);
	if (!c->n)
		return;
	err_set(err, "E0210", "make changed the configuration that step `%s` was given", name);
	err_label(err, "%s%s", str_text(&c->words), c->n > CHANGED_SHOWN ? " …" : "");
	err_help(err,
		 "what Kconfig reads in the build is not what it read before: a file of the source that configuring "
		 "did not see (`reads` of `kernel`), or a goal that configures");
}

int
ksettled_compare(const char *before, const char *after, const char *name, struct arena *a, struct err *err)
{
	struct changed c = {.a = a};

	kconfig_parse_config(".config", before, strlen(before), a, &c.before);
	kconfig_parse_config(".config", after, strlen(after), a, &c.after);
	if (kconfig_get(&c.before, facts[0])) {
		compare_compilers(&c, name, err);
		if (!err_any(err))
			compare_values(&c, name, err);
	}
	kconfig_free(&c.before);
	kconfig_free(&c.after);
	str_free(&c.words);
	return err_any(err) ? -1 : 0;
}

int
ksettled_check(struct inside *in, const struct source *config, struct err *err)
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
	if (!ksettled_compare(str_text(&b), str_text(&a), job_name(in->job), job_arena(in->job), err))
		return 0;
	return err_at(err, job_place(in->job));
}
