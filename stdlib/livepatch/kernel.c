// SPDX-License-Identifier: GPL-2.0-only
/* What the running kernel has, by its System.map and Module.symvers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "klp.h"

static char *kernel_map, *kernel_exports;

void
read_kernel(const char *map, const char *exports)
{
	size_t n;

	kernel_map = map ? (char *)whole(map, &n) : NULL;
	kernel_exports = (char *)whole(exports, &n);
}

/* How many symbols of the kernel bear a name. */
int
in_kernel(const char *name)
{
	size_t n = strlen(name);
	int found = 0;

	for (char *p = kernel_map; (p = strstr(p, name)); p += n)
		if (p > kernel_map && p[-1] == ' ' && (p[n] == '\n' || !p[n]))
			found++;
	return found;
}

bool
exported(const char *name)
{
	size_t n = strlen(name);

	for (char *p = kernel_exports; (p = strstr(p, name)); p += n)
		if (p > kernel_exports && p[-1] == '\t' && p[n] == '\t' && starts(p + n, "\tvmlinux\t"))
			return true;
	return false;
}
