/* fragments: the names of a project's library of config fragments, and the order in which they are merged.
 *
 * A name is CATEGORY/NAME, for the file fragments/CATEGORY/NAME.config of the project. */
#pragma once
#include <stdbool.h>

struct arena;

/* The canonical order, the last one wins: core, arch, mem, security, storage, fs, net, virt, debug, test, rust, perf,
 * what is of no known category, and then builtin, which makes modules built in; in core what others rest on comes
 * first and the local version last; else by name. As for qsort. */
int fragments_compare(const char *a, const char *b);
/* The file of a name below the project's folder; NULL when it is none of the library: empty, absolute, or climbing. */
const char *fragments_file(struct arena *a, const char *name);
