/* logs: one file for each run of a step in the store's logs/, and the newest one by the step's name. */
#pragma once
struct err;
struct store;

/* The newest log of a step; -1 with errno when there is none. The caller owns the descriptor. */
int log_open_last(struct store *st, const char *step);
/* Its absolute path, or NULL; the caller frees. */
char *log_path_last(struct store *st, const char *step);
/* Adds the first lines of a log that say what went wrong to the newest mistake of `err`, as its label and
 * help lines: causes before what follows from them. */
void log_explain(int fd, struct err *err);
