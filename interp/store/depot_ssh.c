/* depot_ssh: a folder with ac/ and cas/ on another machine, by the user's own ssh and `jkr cache serve` there. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "os/fs.h"
#include "os/proc.h"
#include "store/depot_own.h"
#include "store/depot_serve.h"

#define PIECE (64u << 10)
#define HOST_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@[]:%"

struct far {
	char *address, *host, *port, *folder;
	struct depot_options limits;
	struct proc ssh;
	int to, from, said; /* its stdin, stdout, and what it said on stderr; -1 not started */
	char buf[PIECE];
	size_t at, n;
};

/* -- the address ------------------------------------------------------------------------------------------ */
/* ssh://[USER@]HOST[:PORT]/FOLDER; nothing that ssh could take for an option or hand to a shell as more than a word. */
static bool
split(struct far *f)
{
	const char *s = f->address + strlen("ssh://"), *slash = strchr(s, '/');
	char *colon;

	if (!slash || slash == s || strchr(slash, '\'') || strchr(slash, '\n'))
		return false;
	f->host = xstrndup(s, (size_t)(slash - s));
	f->folder = xstrdup(slash);
	colon = strrchr(f->host, ':');
	if (colon && !strchr(colon, ']')) {
		f->port = xstrdup(colon + 1);
		*colon = '\0';
	}
	return *f->host && *f->host != '-' && !strstr(f->host, "@-") && !f->host[strspn(f->host, HOST_LETTERS)] &&
	       (!f->port || (*f->port && strlen(f->port) < 6 && !f->port[strspn(f->port, "0123456789")]));
}

static void
hang_up(struct far *f)
{
	if (f->to >= 0)
		close(f->to);
	if (f->from >= 0)
		close(f->from);
	if (f->said >= 0)
		close(f->said);
	f->to = f->from = f->said = -1;
	f->at = f->n = 0;
	if (f->ssh.pid > 0) {
		kill(f->ssh.pid, SIGTERM);
		proc_wait(&f->ssh);
	}
	f->ssh.pid = 0;
}

static void
close_far(void *state)
{
	struct far *f = state;

	hang_up(f);
	free(f->address);
	free(f->host);
	free(f->port);
	free(f->folder);
	free(f);
}

static void *
open_far(const char *address, const struct depot_options *opt, struct err *err)
{
	struct far *f = xcalloc(1, sizeof *f);

	f->address = xstrdup(address);
	f->limits = *opt;
	f->to = f->from = f->said = -1;
	if (split(f))
		return f;
	close_far(f);
	err_set(err, "E0815", "`%s` is no address of a shared cache", address);
	err_help(err, "by ssh one is ssh://[USER@]HOST[:PORT]/FOLDER");
	return NULL;
}

/* -- talking ---------------------------------------------------------------------------------------------- */
/* The connection is over: what ssh said last is why. */
static int
fault(struct far *f, const char *what, struct err *err)
{
	cleanup_str struct str said = {0};
	char *line;

	if (f->said >= 0 && lseek(f->said, 0, SEEK_SET) >= 0)
		fs_read(f->said, &said, PIECE);
	while (said.len && said.s[said.len - 1] <= ' ')
		said.s[--said.len] = '\0';
	line = said.len ? strrchr(said.s, '\n') : NULL;
	line = line ? line + 1 : said.s;
	err_set(err, "E0812", "the shared cache `%s` cannot be used: %s", f->address, said.len ? line : what);
	hang_up(f);
	return -1;
}

static int
fill(struct far *f, unsigned seconds, struct err *err)
{
	struct pollfd p = {.fd = f->from, .events = POLLIN};
	ssize_t n;

	if (f->at < f->n)
		return 0;
	if (poll(&p, 1, (int)seconds * 1000) <= 0)
		return fault(f, "nothing came for too long", err);
	n = read(f->from, f->buf, sizeof f->buf);
	if (n <= 0)
		return fault(f, "the connection ended", err);
	f->at = 0;
	f->n = (size_t)n;
	return 0;
}

static int
read_line(struct far *f, unsigned seconds, char line[DEPOT_LINE], struct err *err)
{
	for (size_t n = 0; n < DEPOT_LINE; n++) {
		if (fill(f, seconds, err))
			return -1;
		line[n] = f->buf[f->at++];
		if (line[n] == '\n') {
			line[n] = '\0';
			return 0;
		}
	}
	return fault(f, "it answers something else than a cache does", err);
}

static int
dial(struct far *f, struct err *err)
{
	cleanup_free char *command = xasprintf("jkr cache serve '%s'", f->folder);
	char wait[32], line[DEPOT_LINE];
	const char *argv[16] = {"ssh", "-T", "-o", "BatchMode=yes", "-o", wait};
	int to[2], from[2], r;
	size_t n = 6;

	snprintf(wait, sizeof wait, "ConnectTimeout=%u", f->limits.connect_seconds);
	if (f->port) {
		argv[n++] = "-p";
		argv[n++] = f->port;
	}
	argv[n++] = "--";
	argv[n++] = f->host;
	argv[n++] = command;
	if (pipe2(to, O_CLOEXEC))
		return fault(f, strerror(errno), err);
	if (pipe2(from, O_CLOEXEC)) {
		close(to[0]), close(to[1]);
		return fault(f, strerror(errno), err);
	}
	f->to = to[1];
	f->from = from[0];
	f->said = memfd_create("ssh", MFD_CLOEXEC);
	r = proc_start(&(struct proc_spec){.argv = argv,
					   .dir = -1,
					   .in = to[0],
					   .out = from[1],
					   .errfd = f->said,
					   .die_with_parent = true,
					   .own_session = true},
		       &f->ssh, err);
	close(to[0]), close(from[1]);
	if (r) {
		err_free(err);
		f->ssh.pid = 0;
		return fault(f, "ssh is not installed", err);
	}
	if (read_line(f, f->limits.connect_seconds + f->limits.stall_seconds, line, err))
		return -1;
	return strcmp(line, DEPOT_HELLO) ? fault(f, "there is no jkr that serves a cache", err) : 0;
}

/* A reader that is gone is an error here, and no signal. */
static int
send_bytes(struct far *f, const char *p, size_t n, struct err *err)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
	int r;

	sigaction(SIGPIPE, &ignore, &old);
	r = fs_write(f->to, p, n);
	sigaction(SIGPIPE, &old, NULL);
	return r ? fault(f, "the connection ended", err) : 0;
}

/* A question, and the first line of its answer: 1 with a size, 0 no, -1. */
static int
ask(struct far *f, const char *question, uint64_t *size, struct err *err)
{
	char line[DEPOT_LINE];
	unsigned long long n = 0;

	if (f->ssh.pid <= 0 && dial(f, err))
		return -1;
	if (send_bytes(f, question, strlen(question), err) || read_line(f, f->limits.stall_seconds, line, err))
		return -1;
	if (!strcmp(line, "no"))
		return 0;
	if (sscanf(line, "yes %llu", &n) != 1)
		return str_starts(line, "bad ")
			       ? err_set(err, "E0812", "the shared cache `%s` cannot be used: %s", f->address, line + 4)
			       : fault(f, "it answers something else than a cache does", err);
	*size = n;
	return 1;
}

static int
has(void *state, const char *name, struct err *err)
{
	cleanup_free char *question = xasprintf("has %s\n", name);
	uint64_t size;

	return ask(state, question, &size, err);
}

static int
get(void *state, const char *name, int fd, uint64_t max, struct err *err)
{
	cleanup_free char *question = xasprintf("get %s %llu\n", name, (unsigned long long)max);
	struct far *f = state;
	uint64_t left;
	int r = ask(f, question, &left, err);

	if (r > 0 && left > max)
		return fault(f, "it sends more than it was asked for", err);
	while (r > 0 && left) {
		size_t n;

		if (fill(f, f->limits.stall_seconds, err))
			return -1;
		n = f->n - f->at < left ? f->n - f->at : (size_t)left;
		if (fs_write(fd, f->buf + f->at, n)) {
			err_sys(err, "E0816", "cannot write what the shared cache `%s` sends", f->address);
			hang_up(f);
			return -1;
		}
		f->at += n;
		left -= n;
	}
	return r;
}

static int
put(void *state, const char *name, int fd, uint64_t size, struct err *err)
{
	cleanup_free char *question = xasprintf("put %s %llu\n", name, (unsigned long long)size);
	cleanup_free char *piece = xmalloc(PIECE);
	struct far *f = state;
	uint64_t sent = 0, unused;

	if (f->ssh.pid <= 0 && dial(f, err))
		return -1;
	if (send_bytes(f, question, strlen(question), err))
		return -1;
	while (sent < size) {
		ssize_t n = pread(fd, piece, size - sent < PIECE ? (size_t)(size - sent) : PIECE, (off_t)sent);

		if (n <= 0)
			return fault(f, "what is sent cannot be read", err);
		if (send_bytes(f, piece, (size_t)n, err))
			return -1;
		sent += (uint64_t)n;
	}
	return ask(f, "", &unused, err);
}

const struct depot_transport depot_ssh = {
	.scheme = "ssh:",
	.open = open_far,
	.close = close_far,
	.get = get,
	.has = has,
	.put = put,
};
