/* debian_own: apt's programs, as the files of debian know them. */
#pragma once

struct arena;
struct err;
struct str;

/* Runs a program of apt with a fixed language, in a folder that has nothing to do with it; what it says on stderr goes
 * to `said`. Exit status or -1. */
int debian_ask(const char *const *argv, struct str *out, struct str *said, struct err *err);
/* The first line that apt marks as an error, without the mark; "" when there is none. */
char *debian_said(const struct str *said, struct arena *a);
