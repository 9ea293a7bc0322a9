/* charset: text of old mails as UTF-8. */
#pragma once
#include <stddef.h>

struct str;

/* Adds `s` to `out`. 0; -1 when the charset is none of those that mails are written in; -2 when the bytes are none of
 * its text. What says that it is ASCII or UTF-8 is taken as it is. */
int charset_add(const char *charset, const char *s, size_t n, struct str *out);
