/* installed: the modules in lib/modules of a root file system: which are there, how often, and what modprobe finds. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/map.h"
#include "base/mem.h"

struct err;
struct str;
struct strings;
struct view;
struct view_file;

struct installed_rules {
	const struct strings *present;  /* modules by name, or built in */
	const struct strings *loadable; /* modules by name, as files */
	const struct strings *absent;
	const struct strings *replaces; /* may be there twice: one of them below updates/ or extra/ */
	const char *release;            /* NULL: any */
	const char *unused;             /* a release of which there must be no folder, or NULL */
	bool any_replaces;              /* each may be there twice in this way */
	bool once;                      /* no other may be there twice */
	bool indexed;                   /* whether modules.dep must hold exactly what is there */
};

struct installed {
	struct arena arena;
	const char *release;
	const char *folder; /* "lib/modules/RELEASE", or below usr/ */
	struct map names;   /* name, with '_' for '-' → first struct view_file */
	struct map builtin; /* by name */
	size_t n;
};

/* Finds the folder in lib/modules that has modules of `release` (NULL: the only one). -1: there is none, or several. */
int installed_find(const struct view *v, const char *release, struct installed *out, struct err *err);
void installed_free(struct installed *in);

/* A view_check_fn with struct installed_rules. */
int installed_check(const struct view *v, const void *rules, struct str *got, struct err *err);
