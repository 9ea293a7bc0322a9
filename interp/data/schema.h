/* schema: parameter tables. One table checks a written value, binds it to a struct, documents it,
 * completes it, and says by its types what enters a step's key. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/value.h"

struct arena;
struct err;

/* The type of a parameter, the C field it binds to, and how it enters a key. */
enum param_type {
	P_BOOL,    /* bool */
	P_INT,     /* int64_t */
	P_SIZE,    /* int64_t bytes; written as number or "64M" */
	P_STRING,  /* const char *; a V_TEXT is allowed and is filled in before the step runs */
	P_CHOICE,  /* const char *, one of param.choices */
	P_PATH,    /* const char *, a clean relative path inside a result; by text */
	P_SHA256,  /* const char *, 64 hex digits */
	P_FILE,    /* struct source, a project file; by content */
	P_SOURCE,  /* struct source: a project file or folder, or a (path in a) result; by content or result */
	P_STEP,    /* struct source, a (path in a) result; by result */
	P_MAP,     /* struct pairs: names to scalars, sorted by name; by text */
	P_SYMBOLS, /* struct symbols: Kconfig symbols to values, and fragments; by text and content */
	P_MOUNTS,  /* struct mounts: paths to sources */
	P_ANY,     /* const struct value *; only for constructors written in Lua */
};

enum {
	P_REQUIRED = 1,
	P_OPERAND = 2,   /* takes the positional items; at most one parameter of a table */
	P_LIST = 4,      /* a list of them: struct strings, struct sources; one value alone is a list of one */
	P_NOKEY = 8,     /* does not enter the key (jobs, timeouts) */
	P_GLOB = 16,     /* P_FILE/P_SOURCE lists: `*` and `?` in the last component expand, sorted; none: error */
	P_PLAIN = 32,    /* P_STRING: no newline or control byte */
	P_SELF = 64,     /* P_MAP: an item without a key is its own name */
	P_ADDRESS = 128, /* P_STRING: where something is fetched from */
};

enum source_kind { SRC_NONE, SRC_FILE, SRC_REF };

struct source {
	enum source_kind kind;
	struct file_ref file;
	struct step_ref ref;
	struct place at;
};

struct strings {
	size_t n;
	const char **v;
	const struct place *at;
};
struct sources {
	size_t n;
	struct source *v;
};
struct pair {
	const char *key, *value;
	struct place at;
};
struct pairs {
	size_t n;
	struct pair *v;
};
/* The value of a name, NULL: it has none. `p` may be NULL. */
const char *pairs_value(const struct pairs *p, const char *key);
struct mount_param {
	const char *at_path;
	struct source source;
};
struct mounts {
	size_t n;
	struct mount_param *v;
};

/* What a recipe asks of one Kconfig symbol. */
struct symbol {
	const char *name;  /* without CONFIG_ */
	const char *value; /* as in a .config: y, m, n, 42, 0x10, "quoted text" */
	struct place at;
};
struct symbols {
	size_t n;
	struct symbol *v;         /* in written order: positional tables first to last, then named ones */
	struct sources fragments; /* files of "CONFIG_X=y" lines, also in results, set before `v` */
};

struct param {
	const char *name;
	enum param_type type;
	unsigned flags;
	size_t offset;              /* in the struct that run() gets */
	const char *doc;            /* one finished sentence, or more */
	const char *def;            /* default as text, NULL: zero */
	const char *const *choices; /* P_CHOICE, ended by NULL */
	int64_t min, max;           /* P_INT, P_SIZE; both 0: no bound */
};

#define PARAM(st, field, type, flags, doc)                                             \
	{                                                                              \
#field, type, flags, offsetof(struct st, field), doc, NULL, NULL, 0, 0 \
	}
#define PARAM_DEF(st, field, type, flags, def, doc)                                   \
	{                                                                             \
#field, type, flags, offsetof(struct st, field), doc, def, NULL, 0, 0 \
	}
#define PARAM_CHOICE(st, field, flags, list, def, doc)                                    \
	{                                                                                 \
#field, P_CHOICE, flags, offsetof(struct st, field), doc, def, list, 0, 0 \
	}
#define PARAM_RANGE(st, field, type, flags, min, max, def, doc)                           \
	{                                                                                 \
#field, type, flags, offsetof(struct st, field), doc, def, NULL, min, max \
	}

/* Checks `table` against the two tables (the verb's own and a common one, either may be NULL).
 * Adds one mistake per fault, each at its field, with the nearest name; -1 when there was any.
 * `what` is how the call is named in messages: write "goal". Touches no file system. */
int schema_check(const struct param *own, const struct param *common, const struct value *table, const char *what,
		 struct err *err);
/* Binds a table into `out` (zeroed by the caller); strings live in the arena. Checks again what
 * schema_check checks, for the value may come from elsewhere. Globs are expanded here. */
int schema_bind(const struct param *params, const struct value *table, const char *what, void *out, struct arena *a,
		struct err *err);
/* The parameter that takes positional items, or NULL. */
const struct param *schema_operand(const struct param *params);
const struct param *schema_find(const struct param *params, const char *name);
/* "string", "list of files": for documentation. `buf` of 64 bytes. */
const char *param_type_text(const struct param *p, char buf[64]);

/* Calls `fn` for each source that a bound struct holds, in table order. */
typedef int (*source_fn)(void *ctx, const struct param *p, struct source *src);
int schema_sources(const struct param *params, void *bound, source_fn fn, void *ctx);
