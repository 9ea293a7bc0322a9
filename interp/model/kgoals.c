#include "model/kgoals.h"

#include <string.h>

#include "base/near.h"
#include "base/str.h"
#include "data/schema.h"
#include "model/tree.h"

static const char *const own[] = {
	"config",        "nconfig",          "menuconfig",         "xconfig",        "gconfig",
	"oldconfig",     "olddefconfig",     "syncconfig",         "localmodconfig", "localyesconfig",
	"defconfig",     "savedefconfig",    "allnoconfig",        "allyesconfig",   "allmodconfig",
	"alldefconfig",  "randconfig",       "listnewconfig",      "helpnewconfig",  "yes2modconfig",
	"mod2yesconfig", "mod2noconfig",     "tinyconfig",         "testconfig",     "kvm_guest.config",
	"xen.config",    "build_tinyconfig", "build_olddefconfig",
};

/* The name of a file of a configs folder: "vendor/x_defconfig" behind arch/ARCH/configs/; NULL for another path. */
static const char *
config_name(const char *path, const char *arch)
{
	static const char folder[] = "/configs/";
	const char *at = strstr(path, folder), *of;

	if (str_starts(path, "kernel/configs/"))
		return path + strlen("kernel/configs/");
	of = str_starts(path, "arch/") ? path + strlen("arch/") : NULL;
	if (!at || !of || strcspn(of, "/") != (size_t)(at - of))
		return NULL;
	return !arch || (strlen(arch) == (size_t)(at - of) && !memcmp(of, arch, (size_t)(at - of)))
		       ? at + strlen(folder)
		       : NULL;
}

bool
kgoals_lack(const struct tree *t, const char *sub, const char *arch, const char *goal, struct arena *a,
	    const char **near)
{
	size_t n, first = tree_range(t, sub, &n), skip = *sub ? strlen(sub) + 1 : 0, known = 0;
	const char **names = arena_array(a, const char *, n + ARRAY_LEN(own));

	*near = NULL;
	if (!str_ends(goal, "config") || !tree_find(t, arena_printf(a, "%s%sscripts/kconfig", sub, *sub ? "/" : "")))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		if (!strcmp(own[i], goal))
			return false;
		names[known++] = own[i];
	}
	for (size_t i = first; i < first + n; i++) {
		const char *any = config_name(t->v[i].path + skip, NULL);

		if (any && !strcmp(any, goal))
			return false;
		if (any && config_name(t->v[i].path + skip, arch))
			names[known++] = any;
	}
	*near = near_name(goal, names, known);
	return true;
}

bool
kgoals_configure(const struct strings *goals)
{
	for (size_t i = 0; i < goals->n; i++)
		for (const char *s = goals->v[i]; *s; s += strspn(s, " ")) {
			size_t n = strcspn(s, " ");

			if (n >= strlen("config") && str_starts(s + n - strlen("config"), "config"))
				return true;
			s += n;
		}
	return false;
}
