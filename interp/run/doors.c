#include "run/doors.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "os/mount.h"

int
doors_begin(struct doors *d, const char *const *servers, struct err *err)
{
	*d = (struct doors){.servers = servers, .pass = {-1, -1}};
	while (servers && servers[d->n] && d->n < DOORS_MAX)
		d->n++;
	if (d->n && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, d->pass))
		return err_sys(err, "E1142", "cannot make a pipe");
	return 0;
}

int
doors_open(struct doors *d, struct err *err)
{
	unsigned ports[DOORS_MAX];
	int fds[DOORS_MAX];
	union {
		char bytes[CMSG_SPACE(sizeof fds)];
		struct cmsghdr align;
	} control = {0};
	char byte = 0;
	struct iovec text = {&byte, 1};
	struct msghdr m = {.msg_iov = &text, .msg_iovlen = 1, .msg_control = control.bytes};
	struct cmsghdr *c;

	if (!d->n)
		return 0;
	for (size_t i = 0; i < d->n; i++)
		ports[i] = DOOR_FIRST + (unsigned)i;
	if (ns_network(ports, d->n, fds))
		return err_sys(err, "E0311", "cannot make a network for the sandbox");
	m.msg_controllen = CMSG_SPACE(d->n * sizeof *fds);
	c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(d->n * sizeof *fds);
	memcpy(CMSG_DATA(c), fds, d->n * sizeof *fds);
	return sendmsg(d->pass[1], &m, MSG_NOSIGNAL) == 1 ? 0 : err_sys(err, "E1142", "cannot pass a socket on");
}

void
doors_carry(struct doors *d)
{
	int fds[DOORS_MAX];
	union {
		char bytes[CMSG_SPACE(sizeof fds)];
		struct cmsghdr align;
	} control = {0};
	char byte;
	struct iovec text = {&byte, 1};
	struct msghdr m = {.msg_iov = &text,
			   .msg_iovlen = 1,
			   .msg_control = control.bytes,
			   .msg_controllen = sizeof control.bytes};
	struct cmsghdr *c;

	if (!d->n || recvmsg(d->pass[0], &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) != 1)
		return;
	c = CMSG_FIRSTHDR(&m);
	if (!c || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(d->n * sizeof *fds))
		return;
	memcpy(fds, CMSG_DATA(c), d->n * sizeof *fds);
	for (size_t i = 0; i < d->n; i++)
		d->relays[i] = relay_begin(fds[i], d->servers[i]);
}

void
doors_end(struct doors *d)
{
	for (size_t i = 0; i < d->n; i++)
		relay_end(d->relays[i]);
	cleanup_fdp(&d->pass[0]);
	cleanup_fdp(&d->pass[1]);
	*d = (struct doors){.pass = {-1, -1}};
}
