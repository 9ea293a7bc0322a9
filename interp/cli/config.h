/* config: options from JKR_* variables and from jkr.yaml, the user's and the system's file. */
#pragma once
#include "cli/cli.h"
#include "data/schema.h"

/* Fills what the command line left open: JKR_NAME, then ./jkr.yaml (or the nearest above), then
 * $XDG_CONFIG_HOME/jkr/config.yaml, then /etc/jkr/config.yaml. An unknown key is a mistake. */
int config_apply(struct cli *cli, struct err *err);
/* Sets one option as if it were given; `value` NULL for flags. */
int option_set(struct cli *cli, const struct option_spec *o, const char *value, struct err *err);
/* Keys of jkr.yaml that are not options: they describe the project. */
extern const struct param config_project[];
