/* http: against a server on loopback that behaves and misbehaves by path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "os/http.h"
#include "os/url.h"

#define BODY_SIZE 100000

/* Shared with the server's process. */
struct shared {
	int requests;
	int bytes; /* of bodies */
	char put[64];
	char range[64];
};

static char body[BODY_SIZE];
static struct shared *shared;
static int port;
static pid_t server;

static void
send_all(int fd, const void *p, size_t n)
{
	const char *s = p;

	while (n) {
		ssize_t w = send(fd, s, n, MSG_NOSIGNAL);

		if (w <= 0)
			return;
		s += w;
		n -= (size_t)w;
	}
}

static void
reply(int fd, const char *status, const char *headers, const void *data, size_t claimed, size_t sent)
{
	cleanup_str struct str h = {0};

	str_addf(&h, "HTTP/1.1 %s\r\nConnection: close\r\n%sContent-Length: %zu\r\n\r\n", status, headers, claimed);
	/* counted first: the test reads it as soon as it has the last byte */
	shared->bytes += (int)sent;
	send_all(fd, h.s, h.len);
	send_all(fd, data, sent);
}

static void
serve_ranged(int fd, size_t from, size_t limit)
{
	char range[96];
	size_t n = BODY_SIZE - from;

	if (from >= BODY_SIZE && from) {
		reply(fd, "416 Range Not Satisfiable", "", "", 0, 0);
		return;
	}
	snprintf(range, sizeof range, "Content-Range: bytes %zu-%d/%d\r\n", from, BODY_SIZE - 1, BODY_SIZE);
	reply(fd, from ? "206 Partial Content" : "200 OK", from ? range : "", body + from, n,
	      limit && n > limit ? limit : n);
}

static void
serve(int fd, const char *path, size_t from, char *request)
{
	static const char loop[] = "Location: /loop\r\n", file[] = "Location: file:///etc/passwd\r\n",
			  ok[] = "Location: /ok\r\n";

	if (!strcmp(path, "/ok"))
		serve_ranged(fd, from, 0);
	else if (!strcmp(path, "/norange"))
		reply(fd, "200 OK", "", body, BODY_SIZE, BODY_SIZE);
	else if (!strcmp(path, "/drops"))
		serve_ranged(fd, from, 40000);
	else if (!strcmp(path, "/flaky"))
		reply(fd, shared->requests < 3 ? "503 Busy" : "200 OK", "", body, BODY_SIZE, BODY_SIZE);
	else if (!strcmp(path, "/page"))
		reply(fd, "200 OK", "Content-Type: text/html\r\n", "<html>log in", 12, 12);
	else if (!strcmp(path, "/loop"))
		reply(fd, "302 Found", loop, "", 0, 0);
	else if (!strcmp(path, "/tofile"))
		reply(fd, "302 Found", file, "", 0, 0);
	else if (!strcmp(path, "/hop"))
		reply(fd, "302 Found", ok, "", 0, 0);
	else if (!strcmp(path, "/stall")) {
		reply(fd, "200 OK", "", body, BODY_SIZE, 10);
		sleep(20);
	} else if (!strcmp(path, "/endless")) {
		send_all(fd, "HTTP/1.1 200 OK\r\n\r\n", 19);
		for (int i = 0; i < 1000; i++)
			send_all(fd, body, BODY_SIZE);
	} else if (!strcmp(path, "/chunks"))
		send_all(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", 57);
	else if (!strcmp(path, "/gzip"))
		reply(fd, "200 OK", "Content-Encoding: gzip\r\n", body, BODY_SIZE, BODY_SIZE);
	else if (!strcmp(path, "/put")) {
		char *data = strstr(request, "\r\n\r\n");

		snprintf(shared->put, sizeof shared->put, "%s", data ? data + 4 : "");
		reply(fd, "201 Created", "", "", 0, 0);
	} else
		reply(fd, "404 Not Found", "", "", 0, 0);
}

static void
serve_one(int fd)
{
	char request[4096], path[64] = "", *range;
	size_t n = 0, from = 0;
	ssize_t r;

	while (n < sizeof request - 1 && (r = recv(fd, request + n, sizeof request - 1 - n, 0)) > 0) {
		n += (size_t)r;
		request[n] = 0;
		if (strstr(request, "\r\n\r\n") && (strncmp(request, "PUT", 3) || strstr(request, "uploaded")))
			break;
	}
	request[n] = 0;
	sscanf(request, "%*s %63s", path);
	range = strstr(request, "Range: bytes=");
	if (range)
		from = strtoul(range + 13, NULL, 10);
	shared->requests++;
	snprintf(shared->range, sizeof shared->range, "%zu", from);
	serve(fd, path, from, request);
}

static int
start_server(void **state)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof sin;
	int s = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	for (size_t i = 0; i < BODY_SIZE; i++)
		body[i] = (char)(i * 7 + i / 251);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (bind(s, (struct sockaddr *)&sin, sizeof sin) || listen(s, 8) ||
	    getsockname(s, (struct sockaddr *)&sin, &len))
		return -1;
	port = ntohs(sin.sin_port);
	server = fork();
	if (server)
		return close(s);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = accept(s, NULL, NULL);

		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			serve_one(fd);
			shutdown(fd, SHUT_WR);
			_exit(0);
		}
		close(fd);
	}
}

static int
stop_server(void **state)
{
	(void)state;
	return kill(server, SIGKILL);
}

struct fixture {
	int fd;
	char url[128], hex[HASH_HEX];
	struct http_request rq;
	struct err err;
};

static void
begin(struct fixture *f, const char *path, bool hashed)
{
	struct hash h = hash_of(body, BODY_SIZE);
	FILE *file = tmpfile();

	memset(f, 0, sizeof *f);
	f->fd = dup(fileno(file));
	fclose(file);
	snprintf(f->url, sizeof f->url, "http://127.0.0.1:%d%s", port, path);
	hash_hex(&h, f->hex);
	f->rq = (struct http_request){.url = f->url, .sha256 = hashed ? f->hex : NULL, .tries = 1};
	shared->requests = shared->bytes = 0;
}

static void
ends_whole(struct fixture *f)
{
	struct hash want = hash_of(body, BODY_SIZE), got;

	assert_int_equal(lseek(f->fd, 0, SEEK_CUR), 0);
	assert_int_equal(hash_fd(f->fd, &got, NULL), 0);
	assert_int_equal(hash_cmp(&want, &got), 0);
	close(f->fd);
	assert_false(err_any(&f->err));
}

static void
ends_failed(struct fixture *f, const char *code, const char *why)
{
	close(f->fd);
	assert_true(err_any(&f->err));
	if (strcmp(f->err.head->code, code) || !strstr(f->err.head->msg, why))
		fail_msg("%s: %s", f->err.head->code, f->err.head->msg);
	assert_int_equal(err_count(&f->err), 1);
	err_free(&f->err);
}

static void
downloads(void **state)
{
	static const char *const paths[] = {"/ok", "/hop", "/norange", "/gzip"};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LEN(paths); i++) {
		begin(&f, paths[i / 2], i % 2);
		assert_int_equal(http_get(&f.rq, f.fd, &f.err), 0);
		ends_whole(&f);
	}
}

static void
resumes_a_part(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "/ok", true);
	assert_int_equal(write(f.fd, body, 60000), 60000);
	assert_int_equal(http_get(&f.rq, f.fd, &f.err), 0);
	assert_int_equal(shared->bytes, 40000);
	assert_string_equal(shared->range, "60000");
	ends_whole(&f);

	begin(&f, "/norange", true); /* the server sends all of it */
	assert_int_equal(write(f.fd, body, 60000), 60000);
	assert_int_equal(http_get(&f.rq, f.fd, &f.err), 0);
	ends_whole(&f);

	begin(&f, "/ok", true); /* nothing to fetch */
	assert_int_equal(write(f.fd, body, BODY_SIZE), BODY_SIZE);
	assert_int_equal(http_get(&f.rq, f.fd, &f.err), 0);
	assert_int_equal(shared->requests, 0);
	ends_whole(&f);
}

static void
a_wrong_part_is_thrown_away(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "/ok", true);
	assert_int_equal(write(f.fd, "rubbish", 7), 7);
	assert_int_equal(http_get(&f.rq, f.fd, &f.err), 0);
	assert_int_equal(shared->requests, 2);
	ends_whole(&f);

	begin(&f, "/ok", true); /* longer than the file: 416 */
	f.rq.tries = 2;
	assert_int_equal(ftruncate(f.fd, BODY_SIZE + 5), 0);
	assert_int_equal(http_get(&f.rq, f.fd, &f.err), 0);
	ends_whole(&f);

	begin(&f, "/ok", false); /* without a hash a part is never continued */
	assert_int_equal(write(f.fd, body, 60000), 60000);
	assert_int_equal(http_get(&f.rq, f.fd, &f.err), 0);
	assert_int_equal(shared->bytes, BODY_SIZE);
	ends_whole(&f);
}

static void
a_dropped_connection_is_continued(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "/drops", true);
	f.rq.tries = 3;
	assert_int_equal(http_get(&f.rq, f.fd, &f.err), 0);
	assert_int_equal(shared->bytes, BODY_SIZE);
	ends_whole(&f);

	begin(&f, "/drops", true);
	f.rq.tries = 2;
	assert_int_equal(http_get(&f.rq, f.fd, &f.err), -1);
	ends_failed(&f, "E0904", "cannot download");

	begin(&f, "/flaky", true);
	f.rq.tries = 3;
	assert_int_equal(http_get(&f.rq, f.fd, &f.err), 0);
	ends_whole(&f);
}

static void
a_wrong_hash_shows_both(void **state)
{
	struct hash h = hash_of("<html>log in", 12);
	char hex[HASH_HEX];
	struct fixture f;

	(void)state;
	begin(&f, "/page", true);
	assert_int_equal(http_get(&f.rq, f.fd, &f.err), -1);
	assert_int_equal(f.err.head->nhelp, 3);
	assert_non_null(strstr(f.err.head->help[0], f.hex));
	assert_non_null(strstr(f.err.head->help[1], hash_hex(&h, hex)));
	assert_non_null(strstr(f.err.head->help[2], "web page"));
	ends_failed(&f, "E0905", "is not the file that was asked for");
}

static void
refuses(void **state)
{
	static const struct {
		const char *path, *code, *why;
		uint64_t max;
	} bad[] = {
		{"/none", "E0904", "404 (not found)", 0},
		{"/loop", "E0904", "redirected more than 8 times", 0},
		{"/tofile", "E0904", "redirected to where jkr does not follow", 0},
		{"/chunks", "E0904", "cannot download", 0},
		{"/ok", "E0906", "larger than", BODY_SIZE - 1},
		{"/endless", "E0906", "larger than", 2 * BODY_SIZE},
	};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		begin(&f, bad[i].path, false);
		f.rq.max = bad[i].max;
		assert_int_equal(http_get(&f.rq, f.fd, &f.err), -1);
		ends_failed(&f, bad[i].code, bad[i].why);
	}
	begin(&f, "/stall", false);
	f.rq.stall_seconds = 1;
	assert_int_equal(http_get(&f.rq, f.fd, &f.err), -1);
	ends_failed(&f, "E0904", "nothing came for 1 s");
	begin(&f, "/ok", false);
	f.rq.max = BODY_SIZE;
	assert_int_equal(http_get(&f.rq, f.fd, &f.err), 0);
	ends_whole(&f);
}

static int
stop_at_once(void *ctx, uint64_t done, uint64_t total)
{
	(void)total;
	*(uint64_t *)ctx = done;
	return done > 0;
}

static void
stops_when_told(void **state)
{
	struct fixture f;
	uint64_t done = 0;

	(void)state;
	begin(&f, "/endless", false);
	f.rq.progress = stop_at_once;
	f.rq.ctx = &done;
	assert_int_equal(http_get(&f.rq, f.fd, &f.err), -1);
	assert_true(done > 0);
	ends_failed(&f, "E0904", "was stopped");
}

static void
texts_heads_and_puts(void **state)
{
	cleanup_str struct str out = {0};
	struct fixture f;

	(void)state;
	begin(&f, "/page", false);
	assert_int_equal(http_get_text(&f.rq, &out, &f.err), 0);
	assert_string_equal(out.s, "<html>log in");
	close(f.fd);
	begin(&f, "/none", false);
	f.rq.missing_ok = true;
	assert_int_equal(http_get(&f.rq, f.fd, &f.err), 1);
	assert_int_equal(http_head(&f.rq, NULL, &f.err), 1);
	assert_false(err_any(&f.err));
	close(f.fd);
	begin(&f, "/ok", false);
	assert_int_equal(http_head(&f.rq, NULL, &f.err), 0);
	close(f.fd);
	begin(&f, "/put", false);
	assert_int_equal(write(f.fd, "uploaded", 8), 8);
	assert_int_equal(http_put(&f.rq, f.fd, 8, &f.err), 0);
	assert_string_equal(shared->put, "uploaded");
	close(f.fd);
}

static void
addresses(void **state)
{
	static const char *const bad[] = {"ftp://x/y", "-x", "file:relative", "http://a b", "scp://h/x", "", "HTTP\n"};
	cleanup_free char *shown = url_shown("https://user:secret@host/a@b");
	cleanup_free char *plain = url_shown("https://host/a@b");
	struct err err = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(url_check(bad[i], &err), -1);
	err_free(&err);
	assert_int_equal(url_check("file:///a", &err), 0);
	assert_string_equal(shown, "https://host/a@b");
	assert_string_equal(plain, "https://host/a@b");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(downloads),
		cmocka_unit_test(resumes_a_part),
		cmocka_unit_test(a_wrong_part_is_thrown_away),
		cmocka_unit_test(a_dropped_connection_is_continued),
		cmocka_unit_test(a_wrong_hash_shows_both),
		cmocka_unit_test(refuses),
		cmocka_unit_test(stops_when_told),
		cmocka_unit_test(texts_heads_and_puts),
		cmocka_unit_test(addresses),
	};

	setenv("no_proxy", "*", 1);
	return cmocka_run_group_tests(tests, start_server, stop_server);
}
