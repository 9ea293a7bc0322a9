/* work: the only program of the tiny image; adds, changes, renames and removes files of the tree it works on. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int
main(void)
{
	int fd;

	if (chdir("/jkr/src") || unlink("README") || mkdir("made", 0755))
		return 1;
	fd = open("made/file", O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, "made\n", 5) != 5 || close(fd))
		return 1;
	return rename("other", "moved") || symlink("made/file", "link") || write(1, "done\n", 5) != 5;
}
