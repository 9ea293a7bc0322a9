#include "model/kdrawn.h"

#include "data/kconfig.h"
#include "data/lint.h"
#include "model/job.h"

void
kdrawn_note(struct job *job, const struct kconfig *config)
{
	const char *key = kconfig_get(config, "MODULE_SIG_KEY");

	for (size_t i = 0; i < config->last.n; i++) {
		const struct config_line *l = config->last.v[i].value;
		const struct cause *c = lint_symbol(l->name, l->value, key && lint_own_key(key));

		if (c)
			job_note(job, "%s=y: the result depends on %s, so two builds from nothing differ; %s", l->name,
				 c->name, c->fix);
	}
}
