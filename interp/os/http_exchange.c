#include "os/http_exchange.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "os/http_own.h"
#include "os/url.h"

enum { HEADER_MAX = 16 << 10 };

struct talk {
	struct http_exchange *x;
	CURL *curl;
	uint64_t sent;
	bool too_large;
	char why[CURL_ERROR_SIZE];
};

static size_t
on_body(char *data, size_t size, size_t count, void *ctx)
{
	struct talk *t = ctx;
	size_t n = size * count;

	if (n > t->x->max || t->x->body.len > t->x->max - n) {
		t->too_large = true;
		return 0;
	}
	str_addn(&t->x->body, data, n);
	return n;
}

/* The value of a header, when the line is one of that name. */
static bool
take_header(const char *line, size_t n, const char *name, struct str *out)
{
	size_t k = strlen(name);

	if (n <= k || strncasecmp(line, name, k) != 0 || line[k] != ':')
		return false;
	for (k++; k < n && isblank((unsigned char)line[k]);)
		k++;
	while (n > k && isspace((unsigned char)line[n - 1]))
		n--;
	if (out->len + n - k < HEADER_MAX && !memchr(line + k, '\0', n - k))
		str_addn(out, line + k, n - k);
	return true;
}

static size_t
on_header(char *data, size_t size, size_t count, void *ctx)
{
	struct http_exchange *x = ((struct talk *)ctx)->x;
	size_t n = size * count;

	if (n > 5 && !strncmp(data, "HTTP/", 5)) { /* of the next answer, behind a redirect */
		str_reset(&x->type);
		str_reset(&x->location);
		str_reset(&x->challenges);
	}
	if (take_header(data, n, "WWW-Authenticate", &x->challenges))
		str_addc(&x->challenges, '\n');
	if (!x->location.len)
		take_header(data, n, "Location", &x->location);
	if (!x->type.len)
		take_header(data, n, "Content-Type", &x->type);
	return n;
}

static size_t
on_read(char *data, size_t size, size_t count, void *ctx)
{
	struct talk *t = ctx;
	uint64_t left = t->x->size - t->sent;
	size_t want = size * count < left ? size * count : (size_t)left;
	ssize_t n = want ? pread(t->x->fd, data, want, (off_t)t->sent) : 0;

	if (n < 0)
		return CURL_READFUNC_ABORT;
	t->sent += (uint64_t)n;
	return (size_t)n;
}

static int
on_seek(void *ctx, curl_off_t offset, int origin)
{
	if (origin != SEEK_SET || offset < 0)
		return CURL_SEEKFUNC_CANTSEEK;
	((struct talk *)ctx)->sent = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

static struct curl_slist *
add(struct curl_slist *list, const char *line)
{
	list = curl_slist_append(list, line);
	if (!list)
		abort();
	return list;
}

static struct curl_slist *
headers_of(const struct http_exchange *x)
{
	struct curl_slist *list = add(NULL, "Expect:"); /* no second's wait before a body goes up */

	for (const char *const *h = x->headers; h && *h; h++)
		list = add(list, *h);
	return list;
}

static void
set_what(struct talk *t)
{
	CURL *c = t->curl;
	bool reads = !strcmp(t->x->method, "GET") || !strcmp(t->x->method, "HEAD");

	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, reads ? 1L : 0L);
	if (!strcmp(t->x->method, "HEAD"))
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	else if (t->x->fd >= 0) {
		curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)t->x->size);
		curl_easy_setopt(c, CURLOPT_READFUNCTION, on_read);
		curl_easy_setopt(c, CURLOPT_READDATA, t);
		curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, on_seek);
		curl_easy_setopt(c, CURLOPT_SEEKDATA, t);
	} else if (!reads) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, "");
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, 0L);
	}
	if (!reads)
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, t->x->method);
}

static void
set_how(struct talk *t, struct curl_slist *headers)
{
	CURL *c = t->curl;

	curl_easy_setopt(c, CURLOPT_URL, t->x->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, str_starts(t->x->url, "https:") ? "https" : "http,https");
	curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)HTTP_REDIRECTS);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)HTTP_STALL_SECONDS);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)HTTP_STALL_SECONDS);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "jkr/" JKR_VERSION);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->why);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
}

static CURLcode
talk_once(struct talk *t)
{
	struct curl_slist *headers = headers_of(t->x);
	CURLcode code;

	t->too_large = false;
	t->sent = 0;
	t->why[0] = '\0';
	t->x->status = 0;
	str_reset(&t->x->body);
	set_how(t, headers);
	set_what(t);
	code = curl_easy_perform(t->curl);
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &t->x->status);
	curl_slist_free_all(headers);
	return code;
}

static int
fail(const struct talk *t, CURLcode code, struct err *err)
{
	cleanup_free char *url = url_shown(t->x->url);
	char size[32];

	if (t->too_large)
		return err_set(err, HTTP_TOO_LARGE, "what `%s` sends is larger than the %s that are allowed", url,
			       format_size(t->x->max, size));
	if (code == CURLE_TOO_MANY_REDIRECTS)
		return err_set(err, HTTP_FAILED, "cannot ask `%s`: it is redirected more than %d times", url,
			       HTTP_REDIRECTS);
	if (code == CURLE_UNSUPPORTED_PROTOCOL)
		return err_set(err, HTTP_FAILED, "cannot ask `%s`: it is redirected to where jkr does not follow", url);
	return err_set(err, HTTP_FAILED, "cannot ask `%s`: %s", url, t->why[0] ? t->why : curl_easy_strerror(code));
}

int
http_exchange(struct http_exchange *x, struct err *err)
{
	struct talk t = {.x = x};
	CURLcode code = CURLE_OK;

	if (url_check(x->url, err) < 0)
		return -1;
	t.curl = curl_easy_init();
	if (!t.curl)
		return err_set(err, HTTP_FAILED, "libcurl cannot be started");
	for (unsigned try = 1; try <= HTTP_TRIES; try++) {
		code = talk_once(&t);
		if (t.too_large || !http_may_pass(code, x->status))
			break;
		if (try < HTTP_TRIES)
			http_pause_before(try);
	}
	curl_easy_cleanup(t.curl);
	return code == CURLE_OK ? 0 : fail(&t, code, err);
}

void
http_exchange_free(struct http_exchange *x)
{
	str_free(&x->body);
	str_free(&x->type);
	str_free(&x->location);
	str_free(&x->challenges);
}
