#include "os/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

static int
put_file(const char *path, const char *text)
{
	cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t n = strlen(text);

	return fd >= 0 && write(fd, text, n) == (ssize_t)n ? 0 : -1;
}

int
ns_enter(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	char map[64];

	/* inside, they could only be kept: an ordinary user's stay */
	if ((setgroups(0, NULL) && errno != EPERM) || unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return -1;
	if (put_file("/proc/self/setgroups", "deny") && errno != ENOENT)
		return -1;
	snprintf(map, sizeof map, "0 %u 1", uid);
	if (put_file("/proc/self/uid_map", map))
		return -1;
	snprintf(map, sizeof map, "0 %u 1", gid);
	if (put_file("/proc/self/gid_map", map))
		return -1;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* Pid 1 is not told who its parent is: the pipe that only the parent holds says whether it lives. */
static int
outlives_parent(int alive)
{
	struct pollfd p = {.fd = alive};

	return prctl(PR_SET_PDEATHSIG, SIGKILL) || poll(&p, 1, 0) != 0;
}

int
ns_init(void)
{
	int alive[2], status = 0;
	pid_t pid;

	if (unshare(CLONE_NEWPID) || pipe2(alive, O_CLOEXEC))
		return -1;
	pid = fork();
	if (pid < 0)
		return -1;
	if (!pid) {
		close(alive[1]);
		if (outlives_parent(alive[0]))
			_exit(127);
		close(alive[0]);
		/* Where it is refused, who needs a /proc says so. */
		mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
		return 0;
	}
	if (dup2(alive[1], 3) != 3 || syscall(SYS_close_range, 4, ~0U, 0))
		_exit(127);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

static int
loopback_up(void)
{
	struct ifreq lo = {.ifr_name = "lo"};
	cleanup_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &lo))
		return -1;
	lo.ifr_flags |= IFF_UP | IFF_RUNNING;
	return ioctl(fd, SIOCSIFFLAGS, &lo);
}

static int
listen_at(unsigned port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || (!bind(fd, (const struct sockaddr *)&at, sizeof at) && !listen(fd, SOMAXCONN)))
		return fd;
	close(fd);
	return -1;
}

int
ns_network(const unsigned *ports, size_t n, int *fds)
{
	if (unshare(CLONE_NEWNET) || loopback_up())
		return -1;
	for (size_t i = 0; i < n; i++)
		if ((fds[i] = listen_at(ports[i])) < 0)
			return -1;
	return 0;
}

/* Runs `fn` in a child; 0, or -1 with the child's errno. */
static int
try_in_child(int (*fn)(int), int arg)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return -1;
	if (!pid)
		_exit(fn(arg) ? (errno & 0xff) : 0);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
	return -1;
}

static int
nested(int arg)
{
	(void)arg;
	return ns_enter() || unshare(CLONE_NEWUSER) ? -1 : 0;
}

int
ns_fault(struct err *err)
{
	err_sys(err, "E1102", "this machine does not let jkr make user namespaces, which its sandbox is made of");
	return err_help(err, "`jkr doctor` says what forbids them; `--backend docker` works without");
}

int
ns_probe(struct err *err)
{
	return try_in_child(nested, 0) ? ns_fault(err) : 0;
}

/* The kernel makes a folder of its own there that nobody may read; who kills a run could not delete its store with rm
 * -rf. */
static void
open_work(const char *work)
{
	cleanup_free char *path = xasprintf("%s/work", work);

	chmod(path, 0700);
}

int
overlay_mount(const struct overlay *o)
{
	struct str b = {0};
	int r;

	str_add(&b, "userxattr,lowerdir=");
	for (size_t i = 0; i < o->nlowers; i++)
		str_addf(&b, "%s%s", i ? ":" : "", o->lowers[i]);
	if (o->upper)
		str_addf(&b, ",upperdir=%s,workdir=%s,volatile", o->upper, o->work);
	if (b.len + 1 >= 4096) {
		errno = E2BIG;
		r = -1;
	} else {
		r = mount("overlay", o->at, "overlay", o->upper ? 0 : MS_RDONLY, b.s);
		if (r == 0 && o->upper)
			open_work(o->work);
	}
	str_free(&b);
	return r;
}

static int
probe_overlay(int dir)
{
	static const char *const lower[] = {"l"};
	struct overlay o = {.lowers = lower, .nlowers = 1, .upper = "u", .work = "w", .at = "m"};

	/* enter it first: a descriptor belongs to the old namespace's mounts, the working folder moves along */
	return fchdir(dir) || ns_enter() ? -1 : overlay_mount(&o);
}

int
overlay_probe(int dir, struct err *err)
{
	static const char *const names[] = {"l", "u", "w", "m"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (mkdirat(dir, names[i], 0755))
			return err_sys(err, "E0804", "cannot make a folder for trying an overlay");
	if (try_in_child(probe_overlay, dir))
		return err_sys(err, "E0312", "overlayfs cannot be mounted here");
	return 0;
}

int
bind_mount(const char *from, const char *to, int readonly)
{
	struct statvfs vfs;
	unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY;

	if (mount(from, to, NULL, MS_BIND | MS_REC, NULL))
		return -1;
	if (!readonly)
		return 0;
	/* a user namespace may not drop what the mount below it has locked */
	if (!statvfs(to, &vfs)) {
		flags |= vfs.f_flag & ST_NOSUID ? MS_NOSUID : 0;
		flags |= vfs.f_flag & ST_NODEV ? MS_NODEV : 0;
		flags |= vfs.f_flag & ST_NOEXEC ? MS_NOEXEC : 0;
		flags |= vfs.f_flag & ST_NOATIME ? MS_NOATIME : 0;
		flags |= vfs.f_flag & ST_RELATIME ? MS_RELATIME : 0;
	}
	return mount(NULL, to, NULL, flags, NULL);
}
