#include "os/http.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "os/url.h"

#define FAILED "E0904"
#define WRONG_HASH "E0905"

/* 1: the file has the wanted hash. */
static int
verify(int fd, const struct hash *want, struct hash *got, unsigned long long *size, struct err *err)
{
	if (lseek(fd, 0, SEEK_SET) < 0 || hash_fd(fd, got, size) < 0)
		return err_sys(err, FAILED, "cannot read back what was downloaded");
	return hash_cmp(want, got) == 0;
}

static int
fail_hash(const struct http_request *rq, const struct hash *got, unsigned long long size, bool web_page,
	  struct err *err)
{
	cleanup_free char *url = url_shown(rq->url);
	char hex[HASH_HEX], bytes[32];

	err_set(err, WRONG_HASH, "`%s` is not the file that was asked for: its sha256 is another", url);
	err_help(err, "wanted %s", rq->sha256);
	err_help(err, "got    %s (%s)", hash_hex(got, hex), format_size(size, bytes));
	if (web_page)
		err_help(err, "the server sent a web page: perhaps a login or an error page");
	return -1;
}

static int
start(int fd, uint64_t at, struct err *err)
{
	if (ftruncate(fd, (off_t)at) < 0 || lseek(fd, (off_t)at, SEEK_SET) < 0)
		return err_sys(err, FAILED, "cannot write a download");
	return 0;
}

/* Continues from `at`; a continued file that turns out wrong is fetched once more from its start. */
static int
get_verified(const struct http_request *rq, int fd, uint64_t at, struct err *err)
{
	unsigned long long size = 0;
	bool web_page = false;
	struct hash want, got;
	int r = 0;

	if (hash_parse(&want, rq->sha256) < 0)
		return err_set(err, WRONG_HASH, "`%s` is not a sha256", rq->sha256);
	if (at)
		r = verify(fd, &want, &got, &size, err);
	while (r == 0) {
		if (start(fd, at, err) < 0)
			return -1;
		r = http_continue(rq, fd, at, &web_page, err);
		if (r)
			return r;
		r = verify(fd, &want, &got, &size, err);
		if (r == 0 && !at)
			return fail_hash(rq, &got, size, web_page, err);
		at = 0;
	}
	return r < 0 ? -1 : 0;
}

int
http_get(const struct http_request *rq, int fd, struct err *err)
{
	bool web_page;
	struct stat st;
	uint64_t at = 0;
	int r;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(err, FAILED, "a download goes to a regular file");
	/* without a hash nothing proves that an old part belongs to what the server has now */
	if (rq->sha256 && !str_starts(rq->url, "file:") && (!rq->max || (uint64_t)st.st_size <= rq->max))
		at = (uint64_t)st.st_size;
	if (rq->sha256)
		r = get_verified(rq, fd, at, err);
	else
		r = start(fd, 0, err) < 0 ? -1 : http_continue(rq, fd, 0, &web_page, err);
	if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, FAILED, "cannot read back what was downloaded");
	return r;
}
