#include "data/need.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/need_probe.h"
#include "os/cgroup.h"
#include "os/fs.h"
#include "os/proc.h"

#define DISK_WANTED (10ULL << 30)
#define INODES_WANTED 500000ULL    /* sources, a root file system, and what is built of them */
#define MEMORY_WANTED (7ULL << 30) /* what a machine of 8 GB leaves */

const struct need needs[] = {
	{"userns", "running steps in a sandbox without being root", true,
	 "sysctl -w user.max_user_namespaces=15000 kernel.unprivileged_userns_clone=1 (in a container: allow user namespaces in "
	 "its security profile); else --backend docker",
	 NEED_HOST},
	{"bwrap", "running steps in a sandbox", true, "apt install bubblewrap", NEED_HOST},
	{"sandbox", "a sandbox inside the user namespace that holds the mounts", true,
	 "in a container: allow user namespaces and leave /proc whole (docker: --security-opt seccomp=unconfined "
	 "--security-opt systempaths=unconfined); else --backend docker",
	 NEED_HOST},
	{"overlay", "layered trees in containers; without it trees are copied", false,
	 "a kernel of 5.11 or newer, and a store that is not itself on overlayfs", NEED_HOST},
	{"cgroups", "holding a step to its memory and processes; without it they are watched, ten times a second",
	 false, "run jkr as `systemd-run --user --scope jkr …`, or as root", NEED_HOST},
	{"disk", "room for the store", false, "jkr cache gc, or set $JKR_STORE to a larger disk", NEED_HOST},
	{"inodes", "the store's files: a kernel's sources alone are 78,000", false,
	 "jkr cache gc, or set $JKR_STORE to a disk with more inodes (df -i)", NEED_HOST},
	{"case", "sources with names that differ in nothing but the case of letters, as a kernel's do", true,
	 "set $JKR_STORE to a folder that tells them apart: not on vfat, not below one with casefold", NEED_HOST},
	{"memory", "compiling a kernel on all processors", false, "jkr run -j 2, or more swap", NEED_HOST},
	{"apt", "Debian packages as inputs", false, "use a Debian or Ubuntu machine, or give a url with its sha256",
	 NEED_HOST},
	{"lists", "knowing which packages there are", false, "apt-get update", NEED_HOST},
	{"security", "packages of the security suite, such as linux-source-6.12 on Debian 12", false,
	 "add a line `deb … <release>-security main` to /etc/apt/sources.list and run apt-get update", NEED_HOST},
	{"mmdebstrap", "building images from Debian packages", false, "apt install mmdebstrap", NEED_HOST},
	{"uidmap", "building images and root file systems without being root", false, "apt install uidmap", NEED_HOST},
	{"subuid", "building images and root file systems without being root", false,
	 "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER", NEED_HOST},
	{"shm", "building images and root file systems without being root", false,
	 "umount what is mounted below /dev/shm: mmdebstrap binds that folder, and the kernel forbids it without its mounts",
	 NEED_HOST},
	{"fakechroot", "building images where there are no subordinate user ids", false,
	 "apt install fakechroot fakeroot", NEED_HOST},
	{"git", "git_checkout, imports and patches", false, "apt install git", NEED_HOST},
	{"b4", "series of patches by message-id: fetch { b4 = … }", false, "apt install b4", NEED_HOST},
	{"lbzip2", "unpacking .tbz2 files on all processors", false, "apt install lbzip2", NEED_HOST},
	{"docker", "--backend docker", false,
	 "apt install docker.io; systemctl start docker; who is not root must be in its group (usermod -aG docker $USER)",
	 NEED_DOCKER},
	{"podman", "--backend podman", false, "apt install podman", NEED_DOCKER},
	{"recovery", "a board that waits to be flashed", true,
	 "connect its USB-C port to this machine, hold or bridge force recovery, and start it", NEED_FLASH},
	{"autosuspend", "USB ports that do not fall asleep while a board is flashed", true,
	 "echo -1 | sudo tee /sys/module/usbcore/parameters/autosuspend", NEED_FLASH},
	{"nfs", "NVIDIA's flash from an initrd, which reads from this machine", true, "apt install nfs-kernel-server",
	 NEED_FLASH},
	{"sudo", "NVIDIA's flash tools, which run as root", false, "apt install sudo, or flash as root", NEED_FLASH},
	{NULL, NULL, false, NULL, NEED_HOST},
};

/* A test of its own, or a program that has to be there. */
struct probe {
	const char *id, *program;
	int (*test)(struct str *why);
};

static int
program_there(const char *name, struct str *why)
{
	cleanup_free char *path = proc_which(name);

	str_add(why, path ? path : "");
	if (!path)
		str_addf(why, "there is no `%s` in PATH", name);
	return !path;
}

static const char *
user_name(void)
{
	const struct passwd *pw = getpwuid(getuid());

	return pw ? pw->pw_name : "?";
}

/* Whether a file has a line "NAME:start:count" or "UID:start:count". */
static bool
has_range(const char *path, const char *name)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	cleanup_str struct str text = {0};
	char uid[32], *save = NULL;

	snprintf(uid, sizeof uid, "%u", (unsigned)getuid());
	if (fd < 0 || fs_read(fd, &text, 1 << 20) < 0 || !text.len)
		return false;
	for (char *line = strtok_r(text.s, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		size_t n = strcspn(line, ":");

		if ((n == strlen(name) && !strncmp(line, name, n)) || (n == strlen(uid) && !strncmp(line, uid, n)))
			return true;
	}
	return false;
}

static int
test_subuid(struct str *why)
{
	const char *name = user_name();
	bool uids, gids;

	if (geteuid() == 0) {
		str_add(why, "root needs none");
		return 0;
	}
	uids = has_range("/etc/subuid", name);
	gids = has_range("/etc/subgid", name);
	if (uids && gids)
		str_addf(why, "`%s` has a range of ids", name);
	else
		str_addf(why, "there is no entry for `%s` in %s", name, uids ? "/etc/subgid" : "/etc/subuid");
	return !uids || !gids;
}

/* A user's namespace may bind a folder of its parent's only with all that is mounted below it. */
static int
test_shm(struct str *why)
{
	cleanup_fd int fd = open("/proc/self/mounts", O_RDONLY | O_CLOEXEC);
	cleanup_str struct str mounts = {0};
	const char *p;

	if (geteuid() == 0) {
		str_add(why, "root may bind it");
		return 0;
	}
	if (fd < 0 || fs_read(fd, &mounts, 16 << 20) < 0 || !(p = strstr(str_text(&mounts), " /dev/shm/"))) {
		str_add(why, "nothing is mounted below /dev/shm");
		return 0;
	}
	str_addf(why, "%.*s is mounted", (int)strcspn(p + 1, " "), p + 1);
	return 1;
}

/* mmdebstrap runs one inside the other. */
static int
test_fakechroot(struct str *why)
{
	cleanup_str struct str other = {0};

	if (program_there("fakeroot", &other)) {
		str_add(why, str_text(&other));
		return 1;
	}
	return program_there("fakechroot", why);
}

/* The suites that apt has lists of, one in a line. */
static int
known_suites(struct str *out)
{
	static const char *const argv[] = {"apt-get",    "indextargets",         "--format",
					   "$(RELEASE)", "Created-By: Packages", NULL};
	cleanup_fd int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct proc_spec spec = {.argv = argv, .dir = -1, .in = -1, .out = -1, .errfd = null};
	struct err err = {0};
	int status = proc_capture(&spec, out, 1 << 20, &err);

	err_free(&err);
	return status;
}

static int
test_lists(struct str *why)
{
	cleanup_str struct str suites = {0};

	if (known_suites(&suites) || !suites.len) {
		str_add(why, "apt has no lists of packages");
		return 1;
	}
	for (char *p = suites.s; *p; p++)
		*p = *p == '\n' ? ' ' : *p;
	str_addf(why, "%.*s", (int)suites.len - 1, suites.s);
	return 0;
}

static int
test_security(struct str *why)
{
	cleanup_str struct str suites = {0};
	bool there = known_suites(&suites) == 0 && strstr(str_text(&suites), "-security");

	str_add(why, there ? "enabled" : "no suite whose name ends in -security is enabled");
	return !there;
}

static int
test_disk(struct str *why)
{
	cleanup_free char *dir = probe_folder();
	struct statvfs st;
	unsigned long long left;
	char size[32];

	if (statvfs(dir, &st) < 0) {
		str_addf(why, "cannot ask how much room there is in %s: %s", dir, strerror(errno));
		return 1;
	}
	left = (unsigned long long)st.f_bavail * st.f_frsize;
	str_addf(why, "%s free in %s", format_size(left, size), dir);
	return left < DISK_WANTED;
}

static int
test_inodes(struct str *why)
{
	cleanup_free char *dir = probe_folder();
	struct statvfs st;

	if (statvfs(dir, &st) < 0) {
		str_addf(why, "cannot ask how many files there may be in %s: %s", dir, strerror(errno));
		return 1;
	}
	if (!st.f_files) { /* btrfs and its like */
		str_addf(why, "the file system of %s makes them as needed", dir);
		return 0;
	}
	/* roughly: what others make meanwhile is no news, and a report of the same state is the same */
	if (st.f_favail >= 2000000)
		str_addf(why, "some %llu million more files in %s", (unsigned long long)st.f_favail / 1000000, dir);
	else
		str_addf(why, "some %llu thousand more files in %s", (unsigned long long)st.f_favail / 1000, dir);
	return st.f_favail < INODES_WANTED;
}

static int
test_memory(struct str *why)
{
	unsigned long long all =
		(unsigned long long)sysconf(_SC_PHYS_PAGES) * (unsigned long long)sysconf(_SC_PAGESIZE);
	char size[32];

	str_add(why, format_size(all, size));
	return all < MEMORY_WANTED;
}

static int
test_cgroups(struct str *why)
{
	struct cgroup_home home;
	bool whole;

	cgroup_home_find("/proc/self", &home, why);
	whole = home.dir[CGROUP_MEMORY] && home.dir[CGROUP_TASKS];
	cgroup_home_free(&home);
	return !whole;
}

/* Its daemon may be down, or another's; one that hangs is none. */
static int
test_docker(struct str *why)
{
	static const char *const argv[] = {"timeout", "5", "docker", "version", "--format", "{{.Server.Version}}",
					   NULL};
	cleanup_fd int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct proc_spec spec = {.argv = argv, .dir = -1, .in = -1, .out = -1, .errfd = null};
	cleanup_str struct str said = {0};
	struct err err = {0};
	int status;

	if (program_there("docker", why))
		return 1;
	status = proc_capture(&spec, &said, 1 << 12, &err);
	err_free(&err);
	if (status || said.len < 2)
		str_add(why, ": no daemon answers it");
	else
		str_addf(why, ", daemon %.*s", (int)strcspn(said.s, "\n"), said.s);
	return status || said.len < 2;
}

static const struct probe probes[] = {
	{"userns", NULL, probe_userns},
	{"bwrap", "bwrap", NULL},
	{"sandbox", NULL, probe_sandbox},
	{"overlay", NULL, probe_overlay},
	{"cgroups", NULL, test_cgroups},
	{"disk", NULL, test_disk},
	{"inodes", NULL, test_inodes},
	{"case", NULL, probe_case},
	{"memory", NULL, test_memory},
	{"apt", "apt-get", NULL},
	{"lists", NULL, test_lists},
	{"security", NULL, test_security},
	{"mmdebstrap", "mmdebstrap", NULL},
	{"uidmap", "newuidmap", NULL},
	{"subuid", NULL, test_subuid},
	{"shm", NULL, test_shm},
	{"fakechroot", NULL, test_fakechroot},
	{"git", "git", NULL},
	{"b4", "b4", NULL},
	{"lbzip2", "lbzip2", NULL},
	{"docker", NULL, test_docker},
	{"podman", "podman", NULL},
	{"recovery", NULL, probe_recovery},
	{"autosuspend", NULL, probe_autosuspend},
	{"nfs", "exportfs", NULL},
	{"sudo", "sudo", NULL},
};

void
need_mend(const struct need *n, struct str *out)
{
	const char *name = strstr(n->mend, "$USER");

	if (name)
		str_addf(out, "%.*s%s%s", (int)(name - n->mend), n->mend, user_name(), name + strlen("$USER"));
	else
		str_add(out, n->mend);
}

const struct need *
need_find(const char *id)
{
	for (const struct need *n = needs; n->id; n++)
		if (!strcmp(n->id, id))
			return n;
	return NULL;
}

int
need_check(const char *id, struct str *why)
{
	for (size_t i = 0; i < ARRAY_LEN(probes); i++)
		if (!strcmp(probes[i].id, id))
			return probes[i].test ? probes[i].test(why) : program_there(probes[i].program, why);
	str_addf(why, "nothing is known about `%s`", id);
	return 1;
}
