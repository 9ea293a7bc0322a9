/* url: what jkr asks of an address before it is used or shown. */
#pragma once

struct err;

/* http, https or file:///, without blanks and control bytes. */
int url_check(const char *url, struct err *err);
/* The address without a password, for messages; the caller frees. */
char *url_shown(const char *url);
