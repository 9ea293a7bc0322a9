/* executors: the machines that a configuration names for `--on`. Only the settings of the user and of the machine name
 * any: a project that is only looked at starts no command. */
#pragma once
#include "data/schema.h"

struct cli;
struct err;
struct executor;
struct session;

/* Takes the table `executors` of a file of settings. */
int executors_take(struct cli *cli, const struct value *v, bool project, struct err *err);
/* What --on names, NULL: nothing; -1 with a sentence. */
int executors_find(struct session *s, const struct executor **out, struct err *err);
/* Keys of one, for its schema. */
extern const struct param executor_form[];
