/* walls: what keeps the process of a load from all but its memory and its socket. */
#pragma once
#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define WALLS 0 /* the sanitizer's own calls would be refused */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WALLS 0
#endif
#endif
#ifndef WALLS
#define WALLS 1
#endif

enum { CHILD_FD = 3 }; /* the socket, all that it may read and write */

/* Sets the limits and the filter of system calls; -1 when this machine does not let us. */
int walls_close(size_t memory, unsigned seconds);
