/* cut: what a power cut leaves, in a file: lets the kernel do what it may do at any time, then copies the file
 * that the image lies in: all that has reached "the disk".
 *
 * usage: cut IMAGE COPY FOLDER SEED
 *
 * SEED & 1: files below FOLDER, where the image is mounted, are written back, by a throw each. SEED & 2: the
 * journal is committed, by an fsync of a file that is none of jkr's: names are on the disk then, and of files
 * that were not written back only those. SEED & 4: the journal first. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned seed;

static int
write_back(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	const unsigned how = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
	int fd;

	(void)at;
	if (kind != FTW_F || !S_ISREG(st->st_mode) || rand_r(&seed) & 1024)
		return 0;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0) {
		sync_file_range(fd, 0, 0, how);
		close(fd);
	}
	return 0;
}

static void
commit(const char *folder)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof path, "%s/commit", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) || close(fd))
		perror("cut: commit");
}

static int
copy(int from, int to)
{
	static char buf[1 << 20];
	off_t data = 0, hole;
	ssize_t n;

	while ((data = lseek(from, data, SEEK_DATA)) >= 0) {
		hole = lseek(from, data, SEEK_HOLE);
		for (; data < hole; data += n) {
			n = pread(from, buf,
				  (size_t)(hole - data < (off_t)sizeof buf ? hole - data : (off_t)sizeof buf), data);
			if (n <= 0 || pwrite(to, buf, (size_t)n, data) != n)
				return -1;
		}
	}
	return errno == ENXIO ? 0 : -1;
}

int
main(int argc, char **argv)
{
	struct stat st;
	int from, to;

	if (argc != 5)
		return 2;
	seed = (unsigned)strtoul(argv[4], NULL, 10);
	if ((seed & 6) == 6)
		commit(argv[3]);
	if (seed & 1)
		nftw(argv[3], write_back, 16, FTW_PHYS);
	if ((seed & 6) == 2)
		commit(argv[3]);
	from = open(argv[1], O_RDONLY | O_CLOEXEC);
	to = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (from < 0 || to < 0 || fstat(from, &st) || ftruncate(to, st.st_size) || copy(from, to)) {
		perror("cut");
		return 1;
	}
	return 0;
}
