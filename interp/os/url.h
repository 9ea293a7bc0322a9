/* url: what jkr asks of an address before it is used or shown. */
#pragma once

struct err;

/* http, https or file:///, without blanks and control bytes. */
int url_check(const char *url, struct err *err);
/* The address without a password, for messages; the caller frees. */
char *url_shown(const char *url);
/* As jkr.lock names it: without the user and password of a web address; of ssh the user says who is asked. */
char *url_pinned(const char *url);
