#include "model/kmodular.h"

#include <string.h>

#include "base/err.h"
#include "data/kconfig.h"
#include "model/job.h"

int
kmodular(struct job *job, const struct kconfig *config, const char *whose, struct err *err)
{
	const char *value = kconfig_get(config, "MODULES");

	if (!value || strcmp(value, "n"))
		return 0;
	err_set(err, "E0211", "`%s` is to make modules, and its configuration has none: MODULES is n", whose);
	err_at(err, job_place(job));
	return err_help(err, "ask for `MODULES = y`, or for no modules: `targets = {}` beside `images`");
}
