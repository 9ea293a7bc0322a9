/* logs: one file for each run of a step in the store's logs/, and the newest one by the step's name. */
#pragma once
#include <stdbool.h>

struct arena;
struct err;
struct store;

/* A new name below logs/ for a run of a step that begins now: STEP-TIME-PID.log. */
const char *log_name(const char *step, struct arena *a);
/* Makes the file, and points the step's newest log at it. -1 with errno. */
int log_create(struct store *st, const char *name, const char *step);
bool log_there(struct store *st, const char *name);

/* The log of that name; -1 with errno when it is there no more. The caller owns the descriptor. */
int log_open(struct store *st, const char *name);
/* The newest log of a step, of whatever recipe; -1 with errno when there is none. */
int log_open_last(struct store *st, const char *step);
/* Its absolute path, or NULL; the caller frees. */
char *log_path_last(struct store *st, const char *step);
/* Adds the first lines of a log that say what went wrong to the newest mistake of `err`, as its label and
 * help lines: causes before what follows from them. */
void log_explain(int fd, struct err *err);
