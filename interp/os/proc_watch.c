#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "os/proc.h"

#define LINE_MAX_BYTES 4096

struct watching {
	struct str *out;
	size_t max;
	proc_line_fn fn;
	void *ctx;
	struct str line;
};

static void
say_line(struct watching *w, char end)
{
	if (w->line.len)
		w->fn(w->ctx, w->line.s, end);
	str_reset(&w->line);
}

static void
take_lines(struct watching *w, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n' || p[i] == '\r')
			say_line(w, p[i]);
		else
			str_addc(&w->line, p[i] ? p[i] : ' ');
		if (w->line.len == LINE_MAX_BYTES)
			say_line(w, '\n');
	}
}

/* 1 there may be more, 0 it is at its end, -1 with errno. */
static int
take(struct watching *w, int fd, bool is_out)
{
	char buf[16384];
	ssize_t n = read(fd, buf, sizeof buf);

	if (n < 0)
		return errno == EINTR ? 1 : -1;
	if (!is_out)
		take_lines(w, buf, (size_t)n);
	else if (w->out->len + (size_t)n > w->max)
		return errno = EFBIG, -1;
	else
		str_addn(w->out, buf, (size_t)n);
	return n > 0;
}

static int
watch(struct watching *w, int out, int said)
{
	struct pollfd p[2] = {{.fd = out, .events = POLLIN}, {.fd = said, .events = POLLIN}};

	while (p[0].fd >= 0 || p[1].fd >= 0) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return -1;
		for (int i = 0; i < 2; i++) {
			int r = p[i].revents ? take(w, p[i].fd, i == 0) : 1;

			if (r < 0)
				return -1;
			if (!r)
				p[i].fd = -1;
			p[i].revents = 0;
		}
	}
	say_line(w, '\n');
	return 0;
}

static void
close_both(int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

int
proc_watch(const struct proc_spec *spec, struct str *out, size_t max, proc_line_fn fn, void *ctx, struct err *err)
{
	struct watching w = {.out = out, .max = out->len + max, .fn = fn, .ctx = ctx};
	struct proc_spec s = *spec;
	int fds[2], said[2], status, r, why;
	struct proc p;

	if (pipe2(fds, O_CLOEXEC))
		return err_sys(err, "E1142", "cannot start `%s`", spec->argv[0]);
	if (pipe2(said, O_CLOEXEC)) {
		close_both(fds);
		return err_sys(err, "E1142", "cannot start `%s`", spec->argv[0]);
	}
	s.out = fds[1];
	s.errfd = said[1];
	if (proc_start(&s, &p, err)) {
		close_both(fds);
		close_both(said);
		return -1;
	}
	close(fds[1]);
	close(said[1]);
	r = watch(&w, fds[0], said[0]);
	why = errno;
	if (r)
		kill(p.pid, SIGKILL);
	close(fds[0]);
	close(said[0]);
	str_free(&w.line);
	status = proc_wait(&p);
	errno = why;
	if (r && why == EFBIG)
		return err_set(err, "E0313", "`%s` said more than %zu bytes", spec->argv[0], max);
	return r ? err_sys(err, "E1142", "cannot read what `%s` says", spec->argv[0]) : status;
}
