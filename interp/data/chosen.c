#include "data/chosen.h"

#include <string.h>

#include "base/err.h"
#include "base/near.h"
#include "data/glob.h"
#include "data/schema.h"

bool
chosen(const struct strings *list, const char *name, bool *used)
{
	bool named = false;

	for (size_t i = 0; i < list->n; i++) {
		if (!glob_match(list->v[i], name) && strcmp(list->v[i], name))
			continue;
		used[i] = true;
		named = true;
	}
	return named;
}

int
chosen_all(const struct strings *list, const char *field, const bool *used, const char *const *names, size_t n,
	   struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < list->n; i++) {
		const char *near = near_name(list->v[i], names, n);

		if (used[i])
			continue;
		rc = err_set(err, "E0509", "`%s` names `%s`, which is none of the patches", field, list->v[i]);
		err_at(err, list->at ? list->at[i] : (struct place){0});
		if (near)
			err_help(err, "did you mean `%s`?", near);
	}
	return rc;
}
