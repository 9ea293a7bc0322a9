/* depot_http: a web server that keeps what is put: nginx with its dav module, bazel-remote, a gateway to a bucket. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "os/http.h"
#include "os/url.h"
#include "store/depot_own.h"

#define SLOW 1000 /* bytes a second: less is a server that stands still */

struct web {
	char *base; /* without a slash at its end */
	struct http_session *session;
	struct depot_options limits;
};

static void *
open_web(const char *address, const struct depot_options *opt, struct err *err)
{
	struct web *w = xcalloc(1, sizeof *w);
	size_t n = strlen(address);

	while (n && address[n - 1] == '/')
		n--;
	w->base = xstrndup(address, n);
	w->limits = *opt;
	w->session = http_session_new(err);
	if (w->session)
		return w;
	free(w->base);
	free(w);
	return NULL;
}

static void
close_web(void *state)
{
	struct web *w = state;

	http_session_free(w->session);
	free(w->base);
	free(w);
}

static struct http_request
request(const struct web *w, const char *url, int *status)
{
	return (struct http_request){.url = url,
				     .tries = 1,
				     .stall_seconds = w->limits.stall_seconds,
				     .connect_seconds = w->limits.connect_seconds,
				     .slow = SLOW,
				     .netrc = true,
				     .missing_ok = true,
				     .session = w->session,
				     .status = status};
}

/* The sentence of os/http.h, as one about the cache. */
static int
fault(const struct web *w, struct err *err, struct err *why)
{
	cleanup_free char *shown = url_shown(w->base);
	bool large = why->head && !strcmp(why->head->code, "E0906");

	if (large)
		err_set(err, "E0813", "the shared cache `%s` sends more than it was asked for", shown);
	else
		err_set(err, "E0812", "the shared cache `%s` cannot be used: %s", shown,
			why->head ? why->head->msg : "it did not answer");
	err_free(why);
	return -1;
}

static int
get(void *state, const char *name, int fd, uint64_t max, struct err *err)
{
	const struct web *w = state;
	cleanup_free char *url = xasprintf("%s/%s", w->base, name);
	struct http_request rq = request(w, url, NULL);
	struct err why = {0};
	bool page, no_room = false;
	int r;

	rq.max = max ? max : 1;
	rq.no_room = &no_room;
	r = http_continue(&rq, fd, 0, &page, &why);
	if (!no_room)
		return r < 0 ? fault(w, err, &why) : !r;
	/* of this machine, and no mistake of the cache */
	err_set(err, "E0816", "%s", why.head->msg);
	err_free(&why);
	return -1;
}

static int
has(void *state, const char *name, struct err *err)
{
	const struct web *w = state;
	cleanup_free char *url = xasprintf("%s/%s", w->base, name);
	struct http_request rq = request(w, url, NULL);
	struct err why = {0};
	int r = http_head(&rq, NULL, &why);

	return r < 0 ? fault(w, err, &why) : !r;
}

/* A server that keeps the first answers 412 to the second; one that gives way to a conflict answers 409. */
static int
put(void *state, const char *name, int fd, uint64_t size, struct err *err)
{
	static const char *const only_new[] = {"If-None-Match: *", NULL};
	const struct web *w = state;
	cleanup_free char *url = xasprintf("%s/%s", w->base, name);
	int status = 0;
	struct http_request rq = request(w, url, &status);
	struct err why = {0};

	rq.headers = only_new;
	if (!http_put(&rq, fd, size, &why))
		return 1;
	if (status != 412)
		return fault(w, err, &why);
	err_free(&why);
	return 0;
}

const struct depot_transport depot_http = {
	.scheme = "http",
	.open = open_web,
	.close = close_web,
	.get = get,
	.has = has,
	.put = put,
};
