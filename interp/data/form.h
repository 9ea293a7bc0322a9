/* form: what the small YAML files of a project may hold, as parameter tables: they check, and become schemas. */
#pragma once
#include "data/schema.h"

struct err;

/* plugins/NAME/plugin.yaml, profiles/NAME.yaml, a matrix and each of its boards. A P_STRING is any plain value, a P_MAP
 * or P_ANY a table, with P_LIST a list; nothing is bound. */
extern const struct param plugin_form[], profile_form[], matrix_form[], board_form[];
/* What a profile may replace of a toolchain's image, ended by NULL. */
extern const char *const profile_tarball[];

/* Whether the table `v` holds only what the form has; one mistake for each fault. `what` is how messages call it:
 * "plugin.yaml". */
int form_check(const struct param *form, const struct value *v, const char *what, struct err *err);
