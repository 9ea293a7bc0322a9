/* lazy: what the assembly of interp/lazy.sh calls when a function of a library is first used. Most runs
 * never download, read a repository or unpack, and loading what those need would take longer than a plan. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/lazy.h"

__attribute__((visibility("hidden"))) void *
lazy_bind(unsigned long i)
{
	const char *file = lazy_files[lazy_library[i]];
	void *library = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
	void *f = library ? dlsym(library, lazy_names[i]) : NULL;

	/* as the dynamic linker would before main */
	if (!f) {
		fprintf(stderr, "jkr: error while loading shared libraries: %s\n", dlerror());
		_Exit(127);
	}
	__atomic_store_n(&lazy_slots[i], f, __ATOMIC_RELEASE);
	return f;
}
