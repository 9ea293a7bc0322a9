/* new_kind: what `jkr new` makes of a folder of stdlib/new: a copy, in which @NAME@ and @IDENT@ stand for the name. */
#pragma once
#include "cli/cli.h"

bool new_is_name(const char *s); /* up to 64 letters, digits and . _ -, a letter or digit first, no ".." */
/* Names of the kinds that are there, ended by NULL. */
const char *const *new_kinds(struct arena *a);
/* Writes the files of `kind` for `name`, over nothing, and loads the recipe among them. */
int new_kind(struct cli *cli, const char *kind, const char *name, struct err *err);
