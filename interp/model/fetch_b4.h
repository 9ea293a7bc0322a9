/* fetch_b4: the mailbox that `b4 am` makes of a thread, which has to be the pinned one. */
#pragma once
#include <stdbool.h>

struct err;
struct job;
struct str;

/* Makes it once, to know what it is: "sha256:… bytes:…". */
int fetch_b4_pin(const char *thread, bool offline, struct str *text, struct err *err);
/* The bytes that a run would take in, of such a text; -1: nobody knows. */
long long fetch_b4_size(const char *pinned);
/* Puts it into the job's layer as `name`, if it is the one of `sha256` (of jkr.lock: `pinned`). */
int fetch_b4(struct job *job, const char *thread, const char *name, const char *sha256, bool pinned, struct err *err);
