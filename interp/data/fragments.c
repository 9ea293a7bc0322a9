#include "data/fragments.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define FOLDER "fragments/"
#define ENDING ".config"

struct rank {
	const char *name;
	int rank;
};

static const struct rank categories[] = {
	{"core", 0}, {"arch", 1}, {"mem", 2},   {"security", 3}, {"storage", 4}, {"fs", 5},
	{"net", 6},  {"virt", 7}, {"debug", 8}, {"test", 9},     {"rust", 10},   {"perf", 11},
};

static const struct rank of_core[] = {
	{"64bit", 0},
	{"modules", 1},
	{"core", 2},
	{"systemd", 3},
	{"initrd", 4},
	{"localversion", 80},
	{"localversion-noauto", 81},
};

enum { RANK_UNKNOWN = 50 };

static int
rank_of(const struct rank *v, size_t n, const char *name, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(v[i].name) == len && !memcmp(v[i].name, name, len))
			return v[i].rank;
	return RANK_UNKNOWN;
}

static bool
is_builtin(const char *name)
{
	return str_starts(name, "builtin/");
}

static int
core_rank(const char *name)
{
	const char *rest = str_starts(name, "core/") ? name + strlen("core/") : NULL;

	return rest ? rank_of(of_core, ARRAY_LEN(of_core), rest, strlen(rest)) : RANK_UNKNOWN;
}

int
fragments_compare(const char *a, const char *b)
{
	const int by[] = {
		is_builtin(a) - is_builtin(b),
		rank_of(categories, ARRAY_LEN(categories), a, strcspn(a, "/")) -
			rank_of(categories, ARRAY_LEN(categories), b, strcspn(b, "/")),
		core_rank(a) - core_rank(b),
	};

	for (size_t i = 0; i < ARRAY_LEN(by); i++)
		if (by[i])
			return by[i];
	return strcmp(a, b);
}

const char *
fragments_file(struct arena *a, const char *name)
{
	if (!*name || *name == '/' || strstr(name, ".."))
		return NULL;
	return arena_printf(a, FOLDER "%s%s", name, str_ends(name, ENDING) ? "" : ENDING);
}
