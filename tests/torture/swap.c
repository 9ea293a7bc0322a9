/* swap: a hostile neighbour. Swaps, as fast as it can, whatever is in a folder
 * with links that lead to a canary, with folders and with files, and says in
 * the end how often it did.
 *
 * usage: swap FOLDER SPARE CANARY DEPTH      until a signal; SPARE is an empty
 * folder on the same file system, entries less than DEPTH below FOLDER stay as
 * they are
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SPARES = 8, DEEP = 6 };

static volatile sig_atomic_t done;
static unsigned seed;

static void
stop(int sig)
{
	(void)sig;
	done = 1;
}

static unsigned
any(unsigned n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % n;
}

/* A random entry of a folder into `name`, or 0. */
static int
pick(const char *folder, char name[NAME_MAX + 1])
{
	DIR *d = opendir(folder);
	struct dirent *e;
	unsigned n = 0;

	while (d && (e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && !any(++n))
			snprintf(name, NAME_MAX + 1, "%s", e->d_name);
	if (d)
		closedir(d);
	return n != 0;
}

/* A random path below the folder, at least `depth` down. */
static int
pick_path(const char *folder, int depth, char path[PATH_MAX])
{
	char name[NAME_MAX + 1];
	struct stat st;
	int down = depth + (int)any(DEEP);
	size_t len = (size_t)snprintf(path, PATH_MAX, "%s", folder);

	for (int i = 0; i < down; i++) {
		if ((i && (lstat(path, &st) || !S_ISDIR(st.st_mode))) || !pick(path, name))
			return i >= depth && i > 0;
		len += (size_t)snprintf(path + len, PATH_MAX - len, "/%s", name);
		if (len >= PATH_MAX - NAME_MAX - 2)
			return 0;
	}
	return down > 0;
}

/* Links to the canary and into it, a folder with such a link in it, a file. */
static void
refill(const char *spare, const char *canary, int i)
{
	char path[PATH_MAX], in[PATH_MAX + 8], to[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof path, "%s/%d", spare, i);
	snprintf(to, sizeof to, i % 2 ? "%s" : "%s/file", canary);
	switch (i % 4) {
	case 0:
	case 1:
		if (symlink(to, path))
			break;
		return;
	case 2:
		snprintf(in, sizeof in, "%s/in", path);
		if (mkdir(path, 0755) || symlink(canary, in))
			break;
		return;
	case 3:
		f = fopen(path, "wxe");
		if (f)
			fclose(f);
		return;
	}
}

static void
put_away(const char *spare, const char *path)
{
	static unsigned long n;
	char to[PATH_MAX];

	snprintf(to, sizeof to, "%s/old-%lu", spare, n++);
	rename(path, to);
}

int
main(int argc, char **argv)
{
	char path[PATH_MAX], spare[PATH_MAX];
	unsigned long swaps = 0;

	if (argc != 5)
		return 2;
	seed = (unsigned)time(NULL) ^ (unsigned)getpid();
	signal(SIGTERM, stop);
	signal(SIGINT, stop);
	while (!done) {
		int i = (int)any(SPARES);

		snprintf(spare, sizeof spare, "%s/%d", argv[2], i);
		if (!pick_path(argv[1], atoi(argv[4]), path))
			continue;
		if (!renameat2(AT_FDCWD, path, AT_FDCWD, spare, RENAME_EXCHANGE)) {
			swaps++;
			for (unsigned n = any(4); n; n--)
				sched_yield();
			/* mostly back again, so that work goes on; else what was there is put
			 * away */
			if (any(8) && !renameat2(AT_FDCWD, path, AT_FDCWD, spare, RENAME_EXCHANGE))
				swaps++;
			else
				put_away(argv[2], spare);
		}
		refill(argv[2], argv[3], i);
	}
	printf("%lu\n", swaps);
	return 0;
}
