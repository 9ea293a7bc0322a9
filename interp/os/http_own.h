/* http_own: one transfer by libcurl, which the calls of http.h are made of; what they and http_exchange hold to. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "os/http.h"

#define HTTP_FAILED "E0904"
#define HTTP_TOO_LARGE "E0906"

enum { HTTP_STALL_SECONDS = 30, HTTP_REDIRECTS = 8, HTTP_TRIES = 3 };

/* One transfer: where bytes go to or come from, and why it was stopped. */
struct transfer {
	const struct http_request *rq;
	CURL *curl;
	int fd;           /* the file, or -1 */
	struct str *text; /* or the text */
	uint64_t at;      /* bytes in the file */
	int send;         /* the file that goes up */
	uint64_t sent;
	uint64_t asked; /* where the server was asked to continue */
	bool started;   /* the first byte of this try has come */
	bool too_large;
	bool stopped; /* by the progress function */
	int write_errno;
	char why[CURL_ERROR_SIZE];
};

int transfer_begin(struct transfer *t, const struct http_request *rq, struct err *err);
/* Runs it, again where a fault may pass; `verb` is a word of the message. 0, 1 (missing_ok), -1. */
int transfer(struct transfer *t, const char *verb, struct err *err);
void transfer_end(struct transfer *t);
/* Whether the same request may get another answer a moment later. */
bool http_may_pass(CURLcode code, long status);
/* Before the next try; the first is 1. */
void http_pause_before(unsigned try);
