#include "os/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "os/thread.h"

#define TRIES 3
#define CONNECT_MS 3000
#define PIECE 65536

/* One direction of a connection. */
struct flow {
	int from, to;
	size_t at, n;
	bool ended; /* nothing more comes */
	bool told;  /* the other side knows */
	char piece[PIECE];
};

struct carried {
	struct flow there, back;
};

struct relay {
	pthread_t thread;
	int listener, stop;
	char *server;
	struct addrinfo *addresses; /* NULL: not looked up yet */
	unsigned failed;            /* in a row */
	struct carried **v;
	size_t n, cap;
};

/* "HOST:PORT" as two texts; NULL host: it is none. */
static char *
split(const char *server, char **port)
{
	const char *colon = strrchr(server, ':');
	bool bracket = *server == '[' && colon && colon > server && colon[-1] == ']';

	*port = colon ? xstrdup(colon + 1) : NULL;
	return !colon ? NULL : xstrndup(server + bracket, (size_t)(colon - server) - 2 * (size_t)bracket);
}

static void
look_up(struct relay *r)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	cleanup_free char *port = NULL, *host = split(r->server, &port);

	if (!r->addresses && host && getaddrinfo(host, port, &hints, &r->addresses))
		r->addresses = NULL;
}

static int
connect_to(const struct addrinfo *a)
{
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), fault = 0;
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	socklen_t len = sizeof fault;

	if (fd >= 0 && (!connect(fd, a->ai_addr, a->ai_addrlen) ||
			(errno == EINPROGRESS && poll(&p, 1, CONNECT_MS) > 0 &&
			 !getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &len) && !fault)))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int
reach(struct relay *r)
{
	int fd = -1;

	if (r->failed >= TRIES)
		return -1;
	look_up(r);
	for (const struct addrinfo *a = r->addresses; a && fd < 0; a = a->ai_next)
		fd = connect_to(a);
	r->failed = fd < 0 ? r->failed + 1 : 0;
	return fd;
}

static void
take(struct relay *r)
{
	int in = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), out = in < 0 ? -1 : reach(r);
	struct carried *c;

	if (out < 0) {
		if (in >= 0)
			close(in);
		return;
	}
	c = xcalloc(1, sizeof *c);
	c->there.from = c->back.to = in;
	c->there.to = c->back.from = out;
	GROW(r->v, r->n, r->cap);
	r->v[r->n++] = c;
}

static bool
passes(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* Moves what can be moved; false when the connection is broken. */
static bool
move(struct flow *f)
{
	ssize_t n;

	if (!f->n && !f->ended) {
		n = recv(f->from, f->piece, sizeof f->piece, 0);
		if (n < 0)
			return passes();
		f->at = 0;
		f->n = (size_t)n;
		f->ended = !n;
	}
	if (f->n) {
		n = send(f->to, f->piece + f->at, f->n, MSG_NOSIGNAL);
		if (n < 0)
			return passes();
		f->at += (size_t)n;
		f->n -= (size_t)n;
	}
	if (f->ended && !f->n && !f->told) {
		shutdown(f->to, SHUT_WR);
		f->told = true;
	}
	return true;
}

static bool
carry(struct carried *c)
{
	return move(&c->there) && move(&c->back) && !(c->there.told && c->back.told);
}

static void
drop(struct relay *r, size_t i)
{
	struct carried *c = r->v[i];

	close(c->there.from);
	close(c->there.to);
	free(c);
	r->v[i] = r->v[--r->n];
}

/* One that waits for nothing is not asked: it would be told for ever that the other side is gone. */
static struct pollfd
waits_for(int fd, const struct flow *in, const struct flow *out)
{
	short events = (short)((!in->n && !in->ended ? POLLIN : 0) | (out->n ? POLLOUT : 0));

	return (struct pollfd){.fd = events ? fd : -1, .events = events};
}

static void *
run(void *arg)
{
	struct relay *r = arg;
	struct pollfd *p = NULL;
	size_t cap = 0;

	for (;;) {
		while (cap < 2 + 2 * r->n)
			GROW(p, cap, cap);
		p[0] = (struct pollfd){.fd = r->stop, .events = POLLIN};
		p[1] = (struct pollfd){.fd = r->listener, .events = POLLIN};
		for (size_t i = 0; i < r->n; i++) {
			const struct carried *c = r->v[i];

			p[2 + 2 * i] = waits_for(c->there.from, &c->there, &c->back);
			p[3 + 2 * i] = waits_for(c->there.to, &c->back, &c->there);
		}
		if (poll(p, 2 + 2 * r->n, -1) < 0 && errno != EINTR)
			break;
		if (p[0].revents)
			break;
		for (size_t i = r->n; i-- > 0;)
			if (!carry(r->v[i]))
				drop(r, i);
		if (p[1].revents)
			take(r);
	}
	while (r->n)
		drop(r, 0);
	free(p);
	return NULL;
}

static void
relay_free(struct relay *r)
{
	close(r->listener);
	cleanup_fdp(&r->stop);
	if (r->addresses)
		freeaddrinfo(r->addresses);
	free(r->v);
	free(r->server);
	free(r);
}

struct relay *
relay_begin(int listener, const char *server)
{
	struct relay *r = xcalloc(1, sizeof *r);

	*r = (struct relay){.listener = listener, .server = xstrdup(server), .stop = eventfd(0, EFD_CLOEXEC)};
	fcntl(listener, F_SETFL, O_NONBLOCK);
	if (r->stop >= 0 && thread_start(&r->thread, run, r))
		return r;
	relay_free(r);
	return NULL;
}

void
relay_end(struct relay *r)
{
	if (!r)
		return;
	eventfd_write(r->stop, 1);
	pthread_join(r->thread, NULL);
	relay_free(r);
}
