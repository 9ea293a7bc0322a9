/* http: one transfer by URL (http, https, file), by libcurl. Redirects are few and stay in http(s),
 * certificates are verified, a stalled or oversized transfer stops. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct err;
struct str;

/* Called often; nonzero stops the transfer. `total` 0: unknown. */
typedef int (*http_progress_fn)(void *ctx, uint64_t done, uint64_t total);

struct http_request {
	const char *url;
	const char *sha256;         /* hex or NULL */
	uint64_t max;               /* bytes at most, 0: no bound */
	bool fixed;                 /* what it must be, and no setting of anybody's */
	unsigned stall_seconds;     /* without data for so long: fail; 0: 30 */
	unsigned tries;             /* of faults that may pass; 0: 3 */
	const char *const *headers; /* "Name: value" …, NULL; may be NULL. Authorization stays with the host */
	bool missing_ok;            /* 404 is no mistake: http_get gives 1 */
	http_progress_fn progress;  /* may be NULL */
	void *ctx;
	struct http_session *session; /* keeps its connection for the next request; may be NULL */
	unsigned connect_seconds;     /* 0: as stall_seconds, at most 30 */
	unsigned slow;                /* bytes a second below which it stands still; 0: 1 */
	bool netrc;                   /* user and password of the host from ~/.netrc */
	int *status;                  /* gets the server's last answer, 0 none; may be NULL */
	bool *no_room;                /* gets whether it failed because `fd` could not be written; may be NULL */
};

/* One connection for many requests, by one process. */
struct http_session;
struct http_session *http_session_new(struct err *err);
void http_session_free(struct http_session *s);

/* Downloads into `fd` (a regular file open for reading and writing). With a hash, what the file holds
 * is taken as the first part of an earlier try and continued; a whole file is only verified.
 * On success the file is complete, verified, and positioned at its start. 0, 1 (missing_ok), -1. */
int http_get(const struct http_request *rq, int fd, struct err *err);
/* The transfer of http_get alone: what comes is written from the descriptor's position, which is `from`
 * (0 when the server does not continue there). Nothing is verified. */
int http_continue(const struct http_request *rq, int fd, uint64_t from, bool *web_page, struct err *err);
/* A small text, at most rq->max bytes (0: 1 MiB). */
int http_get_text(const struct http_request *rq, struct str *out, struct err *err);
/* Whether it is there: 0 yes, 1 no, -1 a mistake. `size` (may be NULL): its bytes, -1 where the server does not say. */
int http_head(const struct http_request *rq, int64_t *size, struct err *err);
/* Uploads `size` bytes from the start of `fd` by PUT. */
int http_put(const struct http_request *rq, int fd, uint64_t size, struct err *err);
