/* relay: bytes both ways, also when neither side waits for the other; a server that is away. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <netinet/in.h>

#include <cmocka.h>

#include "base/mem.h"
#include "os/relay.h"

#define BYTES ((size_t)4 << 20)

static int
listening(unsigned *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static int
connected(unsigned port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

static struct relay *
relay_to(unsigned server, unsigned *port)
{
	char name[32];
	struct relay *r;

	snprintf(name, sizeof name, "127.0.0.1:%u", server);
	r = relay_begin(listening(port), name);
	assert_non_null(r);
	return r;
}

/* Gives back what it gets, each byte one higher, until no more comes. */
static void *
serve(void *arg)
{
	cleanup_fd int fd = accept(*(int *)arg, NULL, NULL);
	unsigned char buf[8192];
	ssize_t n;

	while ((n = read(fd, buf, sizeof buf)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			buf[i]++;
		for (ssize_t at = 0, k; at < n; at += k)
			if ((k = send(fd, buf + at, (size_t)(n - at), MSG_NOSIGNAL)) <= 0)
				return NULL;
	}
	return NULL;
}

struct sent {
	int fd;
	const unsigned char *bytes;
};

static void *
send_all(void *arg)
{
	const struct sent *s = arg;

	for (size_t at = 0; at < BYTES;) {
		ssize_t n = send(s->fd, s->bytes + at, BYTES - at, MSG_NOSIGNAL);

		if (n <= 0)
			break;
		at += (size_t)n;
	}
	shutdown(s->fd, SHUT_WR);
	return NULL;
}

static void
test_both_ways(void **state)
{
	unsigned at, port;
	cleanup_fd int server = listening(&at);
	struct relay *r = relay_to(at, &port);
	unsigned char *bytes = xcalloc(1, BYTES), buf[8192];
	cleanup_fd int fd = connected(port);
	struct sent sent = {fd, bytes};
	pthread_t serving, sending;
	size_t got = 0;
	ssize_t n;

	(void)state;
	for (size_t i = 0; i < BYTES; i++)
		bytes[i] = (unsigned char)(i * 7 + i / 251);
	pthread_create(&serving, NULL, serve, &server);
	pthread_create(&sending, NULL, send_all, &sent);
	while ((n = read(fd, buf, sizeof buf)) > 0)
		for (ssize_t i = 0; i < n; i++, got++)
			assert_int_equal(buf[i], (unsigned char)(bytes[got] + 1));
	assert_int_equal(got, BYTES);
	pthread_join(sending, NULL);
	pthread_join(serving, NULL);
	relay_end(r);
	free(bytes);
}

static void
turned_away(unsigned port)
{
	cleanup_fd int fd = connected(port);
	char c;

	assert_true(read(fd, &c, 1) <= 0);
}

static void
test_away(void **state)
{
	unsigned at, port;
	int server = listening(&at), again;
	struct relay *r;
	struct sockaddr_in here = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)at), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int one = 1;

	(void)state;
	close(server);
	r = relay_to(at, &port);
	for (int i = 0; i < 3; i++)
		turned_away(port);
	/* it is there now, and is asked no more */
	again = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(again, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	assert_int_equal(bind(again, (struct sockaddr *)&here, sizeof here), 0);
	assert_int_equal(listen(again, 8), 0);
	turned_away(port);
	relay_end(r);
	close(again);
}

static void
test_ends_what_it_carries(void **state)
{
	unsigned at, port;
	cleanup_fd int server = listening(&at);
	struct relay *r = relay_to(at, &port);
	cleanup_fd int fd = connected(port), taken = accept(server, NULL, NULL);
	char c;

	(void)state;
	assert_int_equal(write(taken, "x", 1), 1);
	assert_int_equal(read(fd, &c, 1), 1);
	relay_end(r);
	assert_true(read(fd, &c, 1) <= 0);
	assert_true(read(taken, &c, 1) <= 0);
	relay_end(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_away),
		cmocka_unit_test(test_ends_what_it_carries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
