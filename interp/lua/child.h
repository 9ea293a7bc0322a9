/* child: the state of one load, inside the child process. Lua errors jump over C frames, so all that
 * must live sits here or in the arena; nothing is freed, the process ends. */
#pragma once
#include <lauxlib.h>
#include <lua.h>

#include "base/err.h"
#include "base/map.h"
#include "base/mem.h"
#include "lua/draft.h"
#include "lua/load.h"
#include "lua/wire.h"

/* What surrounds a call: an import, a plugin, a constructor. */
struct scope {
	const char *prefix;  /* of step names: "zedx:" */
	const char *inner;   /* the constructor that runs: "linux", or NULL */
	const char *options; /* of option names: "zedx." */
	struct origin outer; /* its outermost call in a recipe */
	bool inside;         /* `outer` counts */
	bool plugin, import;
	int args;          /* registry: the table of the outermost call, or LUA_NOREF */
	int given;         /* registry: options that `use` gives, or LUA_NOREF */
	struct map *asked; /* names of options that were declared here */
};

enum limit { LIMIT_NONE, LIMIT_COUNT, LIMIT_MEMORY, LIMIT_STEPS, LIMIT_OUTPUT };

struct child {
	lua_State *L;
	const struct load_request *rq;
	int fd; /* to the parent */
	struct arena arena;
	struct units units;
	struct unit unit[WIRE_UNITS];
	struct lines {
		size_t *v, n;
	} lines[WIRE_UNITS]; /* where each begins */
	struct scope scope;
	struct err errs;   /* mistakes that do not stop the file */
	struct err raised; /* the one that travels as a Lua error */
	struct str pool;   /* parameters of steps */
	struct draft *steps;
	size_t nsteps, capsteps;
	struct pending *pending;
	size_t npending, cappending;
	struct found_option *options;
	size_t noptions, capoptions;
	struct map taken;       /* names of steps and constructors */
	struct map same;        /* bytes of a step in an import → its number plus 1 */
	struct origin *origins; /* of tables; numbered by the registry's table */
	size_t norigins, caporigins;
	const char **keys; /* a stack for sorting the fields of tables */
	size_t nkeys, capkeys;
	struct map defines;    /* name → struct define */
	struct map plugins;    /* name → registry reference plus 1 */
	struct map uses;       /* prefixes of imports → how many */
	struct map replaced;   /* fragments that the profile replaced */
	const char *recipe[4]; /* name, version, license, summary */
	size_t memory, memory_max;
	unsigned long long count;
	enum limit limit;
	struct origin last; /* where the hook last saw it */
	unsigned depth;     /* of loads inside loads */
	bool plugins_placed;
	bool result;      /* the pool holds the returned value, from */
	size_t result_at; /* here to its end */
};

enum { COUNT_STEP = 10000 };
#define COUNT_MAX 100000000ull

struct child *child_of(lua_State *L);
/* Makes the Lua state of a zeroed child, with its limits; -1 without memory. */
int child_open(struct child *c, const struct load_request *rq, const struct units *units);
/* Counts `n` instructions, of Lua or of what C does in their place; raises where the load has no more. */
void child_spend(lua_State *L, unsigned n);
/* The same for values that C moves or reads in a loop, as if Lua did. */
void child_spend_for(lua_State *L, lua_Integer values);
/* Runs the first unit, for a recipe or the documentation of `define`; adds what the parent takes. */
void child_load(struct child *c, const char *define, struct str *out);
