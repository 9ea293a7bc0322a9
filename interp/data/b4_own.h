/* b4_own: the mails of a thread, as the files of b4 know them. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct err;
struct str;

#define B4_MAX ((size_t)64 << 20) /* bytes of a thread */

/* Seconds since 1970 of a mail's date; 0 when it is none. */
int64_t b4_when(const char *date);
/* Joins the mails of a maildir in `dir`, the earliest first, and puts into `between` a line that none of them holds,
 * which stands between them. Gives how many there are, or -1 with a sentence. */
int b4_join(int dir, const char *maildir, struct str *out, struct str *between, struct err *err);
