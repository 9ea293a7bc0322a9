/* logs: one file for each run of a step in the store's logs/, and which is the newest of a step of a recipe. */
#pragma once
#include <stdbool.h>

struct arena;
struct err;
struct store;

/* A new name below logs/ for a run of a step that begins now: STEP-TIME-PID.log. */
const char *log_name(const char *step, struct arena *a);
/* Makes the file, which is the newest log of that step then. -1 with errno. */
int log_create(struct store *st, const char *name, const char *recipe, const char *step);
bool log_there(struct store *st, const char *name);

/* The log of that name; -1 with errno when it is there no more. The caller owns the descriptor. */
int log_open(struct store *st, const char *name);
/* The name of the newest log of a step of the recipe of that name; NULL where there is none. Names of one step sort by
 * time. */
const char *log_last(struct store *st, const char *recipe, const char *step, struct arena *a);
/* Adds the first lines of a log that say what went wrong to the newest mistake of `err`, as its label and
 * help lines: causes before what follows from them. */
void log_explain(int fd, struct err *err);
