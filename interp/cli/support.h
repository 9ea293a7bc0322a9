/* support: all that a bug report about a recipe needs, in one archive, without what is nobody's business. */
#pragma once
#include "cli/session.h"

/* Writes cli->support (a name that ends in .tar.zst, .tar.gz, .tar.xz or .tar) and lists on stdout what went in. A
 * recipe that cannot be loaded is written down as well: that may be what the report is about. */
int support_write(struct cli *cli, struct err *err);
