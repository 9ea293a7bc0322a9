/* ready: makes a stored tree ready for a step that writes, as the sandbox does, and writes into it.
 *
 * usage: ready LAYER FOLDER     LAYER holds the tree; FOLDER is an empty one for upper and work
 *
 * The calls are jkr's own (os/mount.h): a private namespace and an overlay with an empty upper. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/mount.h"

int
main(int argc, char **argv)
{
	char name[64];
	const char *lowers[] = {"lower"};
	const struct overlay o = {lowers, 1, "upper", "work", "at"};

	snprintf(name, sizeof name, "run-%ld", (long)getpid());
	if (argc != 3 || chdir(argv[2]) || mkdir(name, 0755) || chdir(name) || mkdir("upper", 0755) ||
	    mkdir("work", 0755) || mkdir("at", 0755) || symlink(argv[1], "lower") || ns_enter() || overlay_mount(&o) ||
	    open("at/README", O_WRONLY | O_APPEND) < 0) {
		perror("ready");
		return 1;
	}
	return 0;
}
