/* http_transfer: bounds, tries and messages of one transfer. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "os/http_own.h"
#include "os/url.h"

#define CONNECT_SECONDS 30

/* When the server does not continue where it was asked to, the file starts again. */
static int
begin_body(struct transfer *t)
{
	long status = 0;

	t->started = true;
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	if (!t->asked || status == 206)
		return 0;
	t->at = 0;
	return ftruncate(t->fd, 0) < 0 || lseek(t->fd, 0, SEEK_SET) < 0 ? -1 : 0;
}

static size_t
on_data(char *data, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;
	size_t n = size * count;
	size_t done = 0;

	if (!t->text && t->fd < 0)
		return n;
	if (!t->started && t->fd >= 0 && begin_body(t) < 0) {
		t->write_errno = errno;
		return 0;
	}
	if (t->rq->max && (n > t->rq->max || t->at > t->rq->max - n)) {
		t->too_large = true;
		return 0;
	}
	if (t->text)
		str_addn(t->text, data, n);
	while (!t->text && done < n) {
		ssize_t w = write(t->fd, data + done, n - done);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0) {
			t->write_errno = errno;
			return 0;
		}
		done += (size_t)w;
	}
	t->at += n;
	return n;
}

static int
on_progress(void *ctx, curl_off_t total, curl_off_t now, curl_off_t uptotal, curl_off_t upnow)
{
	struct transfer *t = ctx;
	uint64_t base = t->asked && t->at >= (uint64_t)now ? t->at - (uint64_t)now : 0;
	uint64_t whole = uptotal ? (uint64_t)uptotal : total ? base + (uint64_t)total : 0;

	if (t->rq->max && whole > t->rq->max)
		t->too_large = true;
	else if (t->rq->progress && t->rq->progress(t->rq->ctx, upnow ? (uint64_t)upnow : t->at, whole))
		t->stopped = true;
	return t->too_large || t->stopped;
}

static struct curl_slist *
headers_of(const struct http_request *rq)
{
	struct curl_slist *list = NULL;

	for (const char *const *h = rq->headers; h && *h; h++) {
		list = curl_slist_append(list, *h);
		if (!list)
			abort();
	}
	return list;
}

static unsigned
connect_seconds(const struct http_request *rq, unsigned stall)
{
	return rq->connect_seconds ? rq->connect_seconds : stall < CONNECT_SECONDS ? stall : CONNECT_SECONDS;
}

static void
set_options(struct transfer *t, struct curl_slist *headers)
{
	CURL *c = t->curl;
	unsigned stall = t->rq->stall_seconds ? t->rq->stall_seconds : HTTP_STALL_SECONDS;

	curl_easy_setopt(c, CURLOPT_URL, t->rq->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https,file");
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, str_starts(t->rq->url, "https:") ? "https" : "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)HTTP_REDIRECTS);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)connect_seconds(t->rq, stall));
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, t->rq->slow ? (long)t->rq->slow : 1L);
	curl_easy_setopt(c, CURLOPT_NETRC, (long)(t->rq->netrc ? CURL_NETRC_OPTIONAL : CURL_NETRC_IGNORED));
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)stall);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "jkr/" JKR_VERSION);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->why);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
}

/* One try, from what the transfer already has. */
static CURLcode
transfer_once(struct transfer *t)
{
	struct curl_slist *headers = headers_of(t->rq);
	char range[32];
	CURLcode code;

	t->started = t->too_large = t->stopped = false;
	t->write_errno = 0;
	t->why[0] = 0;
	t->sent = 0;
	t->asked = t->fd >= 0 ? t->at : 0;
	set_options(t, headers);
	if (t->asked) {
		snprintf(range, sizeof range, "%llu-", (unsigned long long)t->asked);
		curl_easy_setopt(t->curl, CURLOPT_RANGE, range);
	}
	code = curl_easy_perform(t->curl);
	curl_easy_setopt(t->curl, CURLOPT_RANGE, NULL);
	curl_slist_free_all(headers);
	return code;
}

static long
http_status(const struct transfer *t)
{
	long status = 0;

	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

bool
http_may_pass(CURLcode code, long status)
{
	switch (code) {
	case CURLE_OK:
	case CURLE_HTTP_RETURNED_ERROR: return status == 408 || status == 429 || status >= 500;
	case CURLE_COULDNT_CONNECT:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_HTTP2_STREAM: return true;
	default: return false;
	}
}

static const char *
status_text(long status)
{
	static const struct {
		long status;
		const char *text;
	} table[] = {
		{401, "a login is needed"},
		{403, "not allowed"},
		{404, "not found"},
		{407, "the proxy wants a login"},
		{410, "gone"},
		{416, "no such range"},
		{429, "too many requests"},
		{500, "internal error"},
		{502, "bad gateway"},
		{503, "unavailable"},
		{507, "no space left there"},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].status == status)
			return table[i].text;
	return status >= 500 ? "its own fault" : "refused";
}

static int
fail_transfer(struct transfer *t, CURLcode code, const char *verb, struct err *err)
{
	cleanup_free char *url = url_shown(t->rq->url);
	char size[32];

	if (t->too_large && t->rq->fixed)
		return err_set(err, HTTP_TOO_LARGE, "`%s` is larger than the %llu bytes that it must have", url,
			       (unsigned long long)t->rq->max);
	if (t->too_large)
		return err_set(err, HTTP_TOO_LARGE, "`%s` is larger than the %s that are allowed", url,
			       format_size(t->rq->max, size)),
		       err_help(err, "when it is meant so, raise `max_size`");
	if (t->stopped)
		return err_set(err, HTTP_FAILED, "the transfer of `%s` was stopped", url);
	if (t->rq->no_room)
		*t->rq->no_room = t->write_errno != 0;
	errno = t->write_errno;
	if (errno)
		return err_sys(err, HTTP_FAILED, "cannot write what `%s` sends", url);
	if (code == CURLE_HTTP_RETURNED_ERROR)
		return err_set(err, HTTP_FAILED, "cannot %s `%s`: the server answered %ld (%s)", verb, url,
			       http_status(t), status_text(http_status(t))),
		       err_help(err, "is the address right, and is the file still offered there?");
	if (code == CURLE_OPERATION_TIMEDOUT)
		return err_set(err, HTTP_FAILED, "cannot %s `%s`: nothing came for %u s", verb, url,
			       t->rq->stall_seconds ? t->rq->stall_seconds : HTTP_STALL_SECONDS);
	if (code == CURLE_TOO_MANY_REDIRECTS)
		return err_set(err, HTTP_FAILED, "cannot %s `%s`: it is redirected more than %d times", verb, url,
			       HTTP_REDIRECTS);
	if (code == CURLE_UNSUPPORTED_PROTOCOL)
		return err_set(err, HTTP_FAILED, "cannot %s `%s`: it is redirected to where jkr does not follow", verb,
			       url);
	return err_set(err, HTTP_FAILED, "cannot %s `%s`: %s", verb, url,
		       t->why[0] ? t->why : curl_easy_strerror(code));
}

void
http_pause_before(unsigned try)
{
	struct timespec ts = {.tv_sec = try / 2, .tv_nsec = try % 2 * 500000000L};

	nanosleep(&ts, NULL);
}

/* A part that the server cannot continue is of no use: the next try starts over. */
static bool
start_over(struct transfer *t, CURLcode code)
{
	if (!t->asked || code != CURLE_HTTP_RETURNED_ERROR || http_status(t) != 416)
		return false;
	t->at = 0;
	return ftruncate(t->fd, 0) == 0 && lseek(t->fd, 0, SEEK_SET) == 0;
}

static bool
is_missing(const struct transfer *t, CURLcode code)
{
	return code == CURLE_FILE_COULDNT_READ_FILE || (code == CURLE_HTTP_RETURNED_ERROR && http_status(t) == 404);
}

/* Tries until it works or will not. 1: not there, and that is no mistake. */
int
transfer(struct transfer *t, const char *verb, struct err *err)
{
	unsigned tries = t->rq->tries ? t->rq->tries : HTTP_TRIES;
	CURLcode code;

	for (unsigned try = 1;; try++) {
		if (t->text)
			str_reset(t->text);
		t->at = t->text ? 0 : t->at;
		code = transfer_once(t);
		if (code == CURLE_OK)
			return 0;
		if (t->rq->missing_ok && is_missing(t, code))
			return 1;
		if (t->too_large || t->stopped || t->write_errno || try >= tries)
			break;
		if (start_over(t, code))
			continue;
		if (!http_may_pass(code, http_status(t)))
			break;
		http_pause_before(try);
	}
	return fail_transfer(t, code, verb, err);
}

int
transfer_begin(struct transfer *t, const struct http_request *rq, struct err *err)
{
	*t = (struct transfer){.rq = rq, .fd = -1};
	if (url_check(rq->url, err) < 0)
		return -1;
	t->curl = rq->session ? (CURL *)rq->session : curl_easy_init();
	if (rq->session)
		curl_easy_reset(t->curl);
	return t->curl ? 0 : err_set(err, HTTP_FAILED, "libcurl cannot be started");
}

void
transfer_end(struct transfer *t)
{
	if (t->rq->status)
		*t->rq->status = (int)http_status(t);
	if (!t->rq->session)
		curl_easy_cleanup(t->curl);
}
