#include "os/http.h"

#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "os/http_own.h"

#define TEXT_MAX (1 << 20)

struct http_session *
http_session_new(struct err *err)
{
	struct http_session *s = (struct http_session *)curl_easy_init();

	if (!s)
		err_set(err, HTTP_FAILED, "libcurl cannot be started");
	return s;
}

void
http_session_free(struct http_session *s)
{
	if (s)
		curl_easy_cleanup((CURL *)s);
}

int
http_continue(const struct http_request *rq, int fd, uint64_t from, bool *web_page, struct err *err)
{
	const char *type = NULL;
	struct transfer t;
	int r;

	if (transfer_begin(&t, rq, err) < 0)
		return -1;
	t.fd = fd;
	t.at = from;
	r = transfer(&t, "download", err);
	curl_easy_getinfo(t.curl, CURLINFO_CONTENT_TYPE, &type);
	*web_page = type && str_starts(type, "text/html");
	transfer_end(&t);
	return r;
}

int
http_get_text(const struct http_request *rq, struct str *out, struct err *err)
{
	struct http_request bounded = *rq;
	struct transfer t;
	int r;

	if (!bounded.max)
		bounded.max = TEXT_MAX;
	if (transfer_begin(&t, &bounded, err) < 0)
		return -1;
	t.text = out;
	r = transfer(&t, "download", err);
	transfer_end(&t);
	return r;
}

int
http_head(const struct http_request *rq, int64_t *size, struct err *err)
{
	struct http_request head = *rq;
	curl_off_t length = -1;
	struct transfer t;
	int r;

	head.missing_ok = true;
	head.max = 0;
	if (transfer_begin(&t, &head, err) < 0)
		return -1;
	curl_easy_setopt(t.curl, CURLOPT_NOBODY, 1L);
	r = transfer(&t, "ask for", err);
	if (size && !r)
		curl_easy_getinfo(t.curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	if (size)
		*size = length;
	transfer_end(&t);
	return r;
}

static size_t
on_read(char *data, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;
	ssize_t n = pread(t->send, data, size * count, (off_t)t->sent);

	if (n < 0)
		return CURL_READFUNC_ABORT;
	t->sent += (uint64_t)n;
	return (size_t)n;
}

static int
on_seek(void *ctx, curl_off_t offset, int origin)
{
	struct transfer *t = ctx;

	if (origin != SEEK_SET || offset < 0)
		return CURL_SEEKFUNC_CANTSEEK;
	t->sent = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

int
http_put(const struct http_request *rq, int fd, uint64_t size, struct err *err)
{
	struct http_request put = *rq;
	struct transfer t;
	int r;

	put.max = 0;
	put.missing_ok = false;
	if (transfer_begin(&t, &put, err) < 0)
		return -1;
	t.send = fd;
	curl_easy_setopt(t.curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(t.curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)size);
	curl_easy_setopt(t.curl, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(t.curl, CURLOPT_READDATA, &t);
	curl_easy_setopt(t.curl, CURLOPT_SEEKFUNCTION, on_seek);
	curl_easy_setopt(t.curl, CURLOPT_SEEKDATA, &t);
	r = transfer(&t, "upload to", err);
	transfer_end(&t);
	return r;
}
