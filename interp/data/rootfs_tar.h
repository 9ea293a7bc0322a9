/* rootfs_tar: what jkr asks of a root file system's tar before it is unpacked. */
#pragma once
#include <stddef.h>

#include "base/map.h"

struct arena;
struct err;

struct rootfs_tar {
	const char **varies; /* names of members that differ from build to build, and devices */
	size_t nvaries;
	struct map packages; /* installed package → version (char *), from dpkg's status; strings in the arena */
};

/* Reads the tar once; the caller frees the map. */
int rootfs_tar_scan(int fd, struct arena *a, struct rootfs_tar *out, struct err *err);
/* The same for the text of a dpkg status file. */
void dpkg_status_parse(const char *text, struct arena *a, struct map *packages);
