/* look: says all that a process can see of where it runs, one fact a line; and every file that it can read.
 * usage: look [DECOYS [TOP]]      a list of paths to try; where the walk over the files begins, / */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void
descriptors(void)
{
	for (int fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("fd %d\n", fd);
}

static void
limits(void)
{
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit r;

		getrlimit(i, &r);
		printf("rlimit %d %lld\n", i, (long long)r.rlim_cur);
	}
}

/* An abstract socket of the outside: reachable when the network's namespace is shared. */
static void
sockets(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(a.sun_path + 1, "jkr-decoy", 9);
	printf("abstract %d\n", connect(fd, (void *)&a, offsetof(struct sockaddr_un, sun_path) + 10) == 0);
	for (int i = 1; i < 64; i++) {
		char name[IF_NAMESIZE];

		if (if_indextoname((unsigned)i, name))
			printf("interface %s\n", name);
	}
	printf("network %d\n", socket(AF_INET, SOCK_RAW, 1) >= 0);
}

/* Outside of a sandbox root may do it: the parent must run on. */
static int
ptrace_parent(void)
{
	pid_t parent = getppid();

	if (parent <= 2 || ptrace(PTRACE_ATTACH, parent, 0, 0))
		return 0;
	waitpid(parent, NULL, __WALL);
	ptrace(PTRACE_DETACH, parent, 0, 0);
	return 1;
}

static int
make_disk(void)
{
	return !mknod("/tmp/look-disk", S_IFBLK | 0600, 0x800) && !unlink("/tmp/look-disk");
}

/* How many groups there are, and how many of them have a number here: 0 is the own one, 65534 is any of outside. */
static void
groups(void)
{
	gid_t v[1024];
	int n = getgroups(1024, v), named = 0;

	for (int i = 0; i < n; i++)
		named += v[i] != 0 && v[i] != 65534;
	printf("groups %d named %d\n", n, named);
}

static void
powers(void)
{
	struct utsname u;
	char c = 'x';

	uname(&u);
	printf("host %s %s\nuid %d %d gid %d\n", u.nodename, u.domainname, getuid(), geteuid(), getgid());
	groups();
	printf("umask %o\n", umask(022));
	printf("tiocsti %d\n", ioctl(0, TIOCSTI, &c) == 0);
	printf("tty %d\n", open("/dev/tty", O_RDWR) >= 0);
	printf("ptrace-parent %d\n", ptrace_parent());
	printf("userns %d\n", syscall(SYS_unshare, CLONE_NEWUSER) == 0);
	printf("keyring %d\n",
	       syscall(SYS_keyctl, 6, -4, 0, 0, 0) > 0 && syscall(SYS_request_key, "user", "jkr-decoy", NULL, 0) > 0);
	printf("mknod %d\n", make_disk());
	printf("session %d\n", getsid(0) == getpid() || getsid(0) > 0);
}

/* Decoys of the outside, named by the caller: whether each can be read, listed or written. */
static void
decoys(const char *list)
{
	FILE *f = fopen(list, "r");
	char path[4096];

	while (f && fgets(path, sizeof path, f)) {
		char buf[4096];
		int fd;
		ssize_t n;

		path[strcspn(path, "\n")] = 0;
		fd = open(path, O_RDONLY | O_NONBLOCK);
		n = fd >= 0 ? read(fd, buf, sizeof buf - 1) : -1;
		if (n > 0) {
			buf[n] = 0;
			printf("decoy %s %s\n", memmem(buf, (size_t)n, "JKR-SECRET", 10) ? "SECRET" : "read", path);
		}
		if (fd >= 0)
			close(fd);
	}
}

static void
walk(const char *dir, int depth)
{
	DIR *d = depth < 40 ? opendir(dir) : NULL;
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char path[8192];
		struct stat st;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(path, sizeof path, "%s/%s", strcmp(dir, "/") ? dir : "", e->d_name);
		if (!strcmp(path, "/proc") || lstat(path, &st))
			continue;
		if (S_ISDIR(st.st_mode))
			walk(path, depth + 1);
		else
			printf("file %s %s\n",
			       S_ISREG(st.st_mode)   ? "r"
			       : S_ISLNK(st.st_mode) ? "l"
			       : S_ISCHR(st.st_mode) ? "c"
						     : "?",
			       path);
	}
	if (d)
		closedir(d);
}

static void
processes(void)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	int n = 0;
	FILE *f = fopen("/proc/self/mountinfo", "r");
	char line[4096];

	while (d && (e = readdir(d)))
		n += e->d_name[0] >= '0' && e->d_name[0] <= '9';
	printf("processes %d\n", n);
	while (f && fgets(line, sizeof line, f)) {
		char at[4096];

		if (sscanf(line, "%*d %*d %*s %*s %4095s", at) == 1)
			printf("mount %s\n", at);
	}
}

int
main(int argc, char **argv)
{
	for (char **e = environ; *e; e++)
		printf("env %s\n", *e);
	descriptors();
	limits();
	sockets();
	processes();
	decoys(argc > 1 ? argv[1] : "/jkr/given/decoys");
	walk(argc > 2 ? argv[2] : "/", 0);
	powers();
	return 0;
}
