/* child: the state of one load, inside the child process. Lua errors jump over C frames, so all that
 * must live sits here or in the arena; nothing is freed, the process ends. */
#pragma once
#include <lauxlib.h>
#include <lua.h>

#include "base/err.h"
#include "base/map.h"
#include "base/mem.h"
#include "lua/load.h"
#include "lua/wire.h"

/* Where a call or a table was written; `key` is below the call, NULL: nothing below has a place. */
struct origin {
	uint32_t unit;
	unsigned line;
	const char *key;
};

/* A step as it grows; its parameters are bytes in the pool. */
struct draft {
	const char *name;    /* NULL until a tree or the end of the load names it */
	const char *base;    /* what stands before a name that is made up */
	const struct prim *prim;
	const char *verb;
	struct origin at;
	struct origin fields; /* where its parameters stand */
	size_t off, len;     /* params in the pool */
	uint32_t on;         /* the step it writes onto, set by `tree`; WIRE_NONE */
	const char *on_path;
	bool has_on;         /* the recipe says it */
	const char *same;    /* what it asks for, as a text: steps of imports are told apart by it */
	bool lazy;           /* made by a plugin: counts only where it is used */
	bool used;
};

/* A name call that waits for its table. */
struct pending {
	const char *verb, *name;
	struct origin at;
	bool done;
};

/* What surrounds a call: an import, a plugin, a constructor. */
struct scope {
	const char *prefix;  /* of step names: "zedx:" */
	const char *inner;   /* the constructor that runs: "linux", or NULL */
	const char *options; /* of option names: "zedx." */
	struct origin outer; /* its outermost call in a recipe */
	bool inside;         /* `outer` counts */
	bool plugin, import;
	int args;            /* registry: the table of the outermost call, or LUA_NOREF */
	int given;           /* registry: options that `use` gives, or LUA_NOREF */
	struct map *asked;   /* names of options that were declared here */
};

struct found_option {
	const char *name, *type, *doc;
	size_t value, value_len, def, def_len; /* in the pool */
	bool given;
	struct origin at;
};

enum limit { LIMIT_NONE, LIMIT_COUNT, LIMIT_MEMORY, LIMIT_STEPS, LIMIT_OUTPUT };

struct child {
	lua_State *L;
	const struct load_request *rq;
	int fd;                   /* to the parent */
	struct arena arena;
	struct units units;
	struct unit unit[WIRE_UNITS];
	struct lines { size_t *v, n; } lines[WIRE_UNITS];
	struct scope scope;
	struct err errs;          /* mistakes that do not stop the file */
	struct err raised;        /* the one that travels as a Lua error */
	struct str pool;          /* parameters of steps */
	struct draft *steps;
	size_t nsteps, capsteps;
	struct pending *pending;
	size_t npending, cappending;
	struct found_option *options;
	size_t noptions, capoptions;
	struct map taken;         /* names of steps and constructors */
	struct map same;          /* bytes of a step in an import → its number plus 1 */
	struct origin *origins;   /* of tables; numbered by the registry's table */
	size_t norigins, caporigins;
	const char **keys;        /* a stack for sorting the fields of tables */
	size_t nkeys, capkeys;
	struct map defines;       /* name → struct define */
	struct map plugins;       /* name → registry reference plus 1 */
	struct map uses;          /* prefixes of imports → how many */
	const char *recipe[4];    /* name, version, license, summary */
	size_t memory, memory_max;
	unsigned long long count;
	enum limit limit;
	struct origin last;       /* where the hook last saw it */
	unsigned depth;           /* of loads inside loads */
	bool plugins_placed;
	bool result;              /* the pool holds the returned value, from result_at to its end */
	size_t result_at;
};

enum { COUNT_STEP = 10000 };
#define COUNT_MAX 100000000ull

struct child *child_of(lua_State *L);

/* -- fault.c: mistakes as Lua errors ------------------------------------------------------ */
struct place origin_place(const struct child *c, const struct origin *at);
/* The same with the column of a word of that line. */
struct place call_word(const struct child *c, const struct origin *at, const char *word);
/* Raises the mistake that was just put into c->raised; never returns. */
int fault_raise(lua_State *L);
int fault(lua_State *L, const char *code, const struct origin *at, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Puts a mistake into c->raised without raising it, for labels and helps. */
struct err *fault_make(lua_State *L, const char *code, const struct origin *at, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Where the running Lua function stands. */
struct origin caller(lua_State *L);
/* The message handler of every protected call: turns any error into c->raised. */
int fault_handler(lua_State *L);
/* A mistake of the compiler: "#0:12: '}' expected near 'x'". */
void fault_syntax(struct child *c, uint32_t unit, const char *msg);
/* The text of a raised mistake for `pcall`; takes it out. False: it may not be caught. */
bool fault_caught(lua_State *L);
void fault_limit(struct child *c);

/* -- ask.c: requests to the parent ---------------------------------------------------------- */
/* Gives the number of the unit, or WIRE_NONE where there is none (names of what there is in
 * `names`); raises the parent's error. `known` says that it was read before. */
uint32_t ask_unit(lua_State *L, enum request_kind kind, const char *name, const struct origin *at,
                  bool *known, const char *const **names, size_t *nnames);
/* A value of the parent: bytes in the arena. */
const char *ask_value(lua_State *L, enum request_kind kind, const char *name, const struct origin *at,
                      size_t *len, const char *const **names, size_t *nnames);
int child_send(struct child *c, uint32_t kind, uint32_t unit, const void *p, size_t n);

/* -- env.c, libs.c ----------------------------------------------------------------------------- */
void env_open(lua_State *L);     /* leaves nothing on the stack */
void env_set(lua_State *L, const char *name); /* the value on top becomes a global */
bool env_has(lua_State *L, const char *name); /* raw; pushes the value when it is there */
void env_names(lua_State *L, struct str *out); /* one reachable name a line, sorted; no primitives */
void libs_open(lua_State *L);
/* Compiles a unit with its environment; raises. Leaves the function. */
void env_compile(lua_State *L, uint32_t unit);
/* Compiles and runs; leaves what it returned (one value). */
void env_run(lua_State *L, uint32_t unit);

/* -- refs.c: steps, paths, files as Lua values ------------------------------------------------- */
enum ref_kind { REF_STEP, REF_TEXT, REF_FILE, REF_TRI, REF_OBJECT, REF_POISON, REF_KINDS };
struct ref {
	enum ref_kind kind;
	uint32_t n; /* step, unit or letter */
};
void refs_open(lua_State *L);
struct ref *ref_push(lua_State *L, enum ref_kind kind, uint32_t n, const char *path);
/* The object `what` ("kernel \"linux\"") with a main result and a table of outputs on the stack
 * (main below, table on top); both are popped. `names` NULL: any field of the table. */
void ref_push_object(lua_State *L, const char *what, const char *const *names);
struct ref *ref_at(lua_State *L, int i); /* NULL when it is none */
const char *ref_path(lua_State *L, int i);
/* Replaces an object at `i` by its main result; the ref that stands there, or NULL. */
struct ref *ref_main(lua_State *L, int i);
/* The mark of an item that `when` left out. */
bool is_absent(lua_State *L, int i);
void push_absent(lua_State *L);

/* -- to_value.c ---------------------------------------------------------------------------------- */
struct encode {
	const struct param *params; /* of the outermost table; NULL: none */
	const char *what;           /* how messages name the call */
	struct origin at;           /* of the outermost table */
	uint32_t unit;              /* relative paths start at its folder */
	bool has_on, poisoned;
};
/* Adds the value at `i` to the pool. */
void encode_value(lua_State *L, int i, struct encode *e);
/* Remembers where the table at `i` was written. */
void origin_set(lua_State *L, int i, const struct origin *at);
const struct origin *origin_get(lua_State *L, int i);
/* Whether strings of this parameter are files: 1, its fields are: 2. */
int file_mode(const struct param *p);
const struct param *field_param(const struct param *params, const char *key);
const struct param *item_param(const struct param *params);
/* -- shapes.c ------------------------------------------------------------------------------------ */
struct call {
	const char *verb, *name; /* name NULL: not named */
	struct origin at;        /* where messages point: in a recipe, not in stdlib */
	struct origin real;      /* where the call stands */
	const void *data;        /* of the shape */
	const char *what;        /* write "goal" */
};
/* Raises when an item of the written constructor got lost. */
void check_holes(lua_State *L, int i, const struct call *call);
typedef int (*shape_fn)(lua_State *L, const struct call *call);
enum { SHAPE_TEXT = 1 }; /* one string is all */
struct shape {
	const char *name;
	shape_fn make;       /* the table is at index 1; for SHAPE_TEXT nothing */
	unsigned flags;
};
void shapes_open(lua_State *L);
void shape_push(lua_State *L, const struct shape *s, const char *verb, const void *data);
void shapes_check(lua_State *L); /* name calls that never got a table */
const char *scope_base(struct child *c);
const char *made_up_name(struct child *c, const char *base, const char *verb);
int step_push(lua_State *L, const struct call *call, const struct prim *prim, struct encode *e, size_t off);
const char *what_of(struct child *c, const char *verb, const char *name);

extern const struct shape shape_define, shape_use, shape_plugin, shape_plugins, shape_toolchain,
	shape_tree, shape_recipe;
void options_open(lua_State *L);
void options_check(lua_State *L); /* -D names that no one declared */
void given_check(lua_State *L, const struct origin *at, const char *what);
/* A constructor written in Lua. Its table as bytes stays in the pool, for documentation. */
struct define;
bool define_bytes(struct child *c, const char *name, size_t *off, size_t *len);
void steps_finish(struct child *c); /* names what has none, drops what a plugin made in vain */

/* -- define_spec.c: params and outputs of a define, from its table as a value -------------------- */
struct define_spec {
	const char *name, *doc, *example, *file;
	const struct param *params;
	const char *const *outputs;      /* names, ended by NULL */
	const char *const *output_docs;  /* "name: doc" */
};
int define_spec_read(const struct value *table, struct arena *a, struct define_spec *out, struct err *err);
