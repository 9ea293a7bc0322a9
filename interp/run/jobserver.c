#include "run/jobserver.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

int
jobserver_open(struct jobserver *js, int dir, int tokens, struct err *err)
{
	js->held = 0;
	js->total = tokens;
	/* others may open it: in docker another uid than ours runs make */
	if (mkfifoat(dir, JOBSERVER_NAME, 0666) || fchmodat(dir, JOBSERVER_NAME, 0666, 0))
		return err_sys(err, "E0804", "cannot make the jobserver's FIFO");
	js->fd = openat(dir, JOBSERVER_NAME, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (js->fd < 0)
		return err_sys(err, "E0804", "cannot open the jobserver's FIFO");
	jobserver_refill(js);
	return 0;
}

void
jobserver_close(struct jobserver *js)
{
	if (js->fd >= 0)
		close(js->fd);
	js->fd = -1;
}

bool
jobserver_take(struct jobserver *js)
{
	char c;

	if (read(js->fd, &c, 1) != 1)
		return false;
	js->held++;
	return true;
}

void
jobserver_give(struct jobserver *js)
{
	ssize_t n = write(js->fd, "+", 1);

	/* a full FIFO holds more than any machine has processors: nothing is lost */
	(void)n;
	js->held--;
}

int
jobserver_count(const struct jobserver *js)
{
	int n = 0;

	return ioctl(js->fd, FIONREAD, &n) ? 0 : n;
}

void
jobserver_refill(struct jobserver *js)
{
	int have = jobserver_count(js), want = js->total - js->held;
	char c;

	for (; have < want; have++)
		if (write(js->fd, "+", 1) != 1)
			return;
	for (; have > want; have--)
		if (read(js->fd, &c, 1) != 1)
			return;
}
