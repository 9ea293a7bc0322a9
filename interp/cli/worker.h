/* worker: a step that another jkr put into the shared cache, run here by the very code that runs a recipe's. */
#pragma once

struct cli;
struct err;

/* `name`: DIGEST/SIZE of the parcel. 0 its result is in the cache; -1 with a sentence, and where the cache can be
 * written the reason and the log are there as well. */
int worker_run(struct cli *cli, const char *name, struct err *err);
