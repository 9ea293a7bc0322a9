/* http_exchange: one request and its answer, for protocols on HTTP that ask with other words than GET, and look at the
 * status and at headers. What may pass (a lost connection, 429, 5xx) is tried again; any other status is an answer. */
#pragma once
#include <stdint.h>

#include "base/str.h"

struct err;

struct http_exchange {
	const char *method, *url;
	const char *const *headers; /* "Name: value" …, NULL; may be NULL. Authorization stays with the host */
	int fd;                     /* what goes up: so many bytes from its start; -1: nothing */
	uint64_t size;
	uint64_t max; /* bytes of the answer's body at most */

	long status;
	struct str body;
	struct str type, location; /* headers of the answer, empty where it has none */
	struct str challenges;     /* all lines of WWW-Authenticate */
};

/* GET and HEAD follow redirects, from https only to https. The caller frees in any case. */
int http_exchange(struct http_exchange *x, struct err *err);
void http_exchange_free(struct http_exchange *x);
