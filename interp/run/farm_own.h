/* farm_own: what the runner's side of a farm and the process of a step there share. */
#pragma once

struct executor;
struct job;

#define FARM_STAY 75 /* exit status: the cache cannot be used */
#define FARM_TRIES 2
#define FARM_NO_INPUT "E0332" /* code of a try that did not find an input in the cache */

/* What a worker says on its stdout, a line each: one of these, and text. Any other line goes to the log. */
#define FARM_NODE "@jkr node "
#define FARM_NOTE "@jkr note "
#define FARM_OUTPUT "@jkr output "
#define FARM_PROGRESS "@jkr progress "

/* What a failed try leaves in the cache: an ActionResult with these, and the log as its stdout. */
#define FARM_WHY ".jkr/why"

/* The words behind which nothing more is to be said; `name` is that of the parcel, `avoid` a machine or "". */
const char *const *farm_command(const struct executor *on, struct job *job, const char *avoid, const char *name);
