/* guard: files that are mapped, and cut short by another program meanwhile. What is missing then reads as zeros, and
 * is told, in place of the SIGBUS that would end the process. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Guards a mapping (whole pages; of several files, too). More than GUARDS at a time are not guarded: -1. */
enum { GUARDS = 64 };
int guard_begin(const void *p, size_t n);
/* Whether something was missing since this was last asked. */
bool guard_torn(int guard);
/* Before it is unmapped. */
void guard_end(int guard);
