#include "model/prim.h"

#include <string.h>

const struct prim *
prim_find(const char *name)
{
	for (const struct prim *const *p = prims; *p; p++)
		if (!strcmp((*p)->name, name))
			return *p;
	return NULL;
}
