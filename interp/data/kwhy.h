/* kwhy: asking a kernel tree's own Kconfig why symbols have their values: how the helper
 * (stdlib/kwhy/kwhy.c) is built and run in a sandbox, and what it answers, in words.
 *
 * In the sandbox the source stands at KWHY_SRC, the build folder at KWHY_BUILD, the .config at
 * KWHY_CONFIG, the helper's own source (kwhy_files) in KWHY_C, and it is built in the folder KWHY_OUT. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "data/schema.h"

#define KWHY_SRC "/jkr/src"
#define KWHY_BUILD "/jkr/build"
#define KWHY_CONFIG "/jkr/config"
#define KWHY_C "/jkr/kwhy/"
#define KWHY_OUT "/jkr/out"
#define KWHY_OBJECTS "scripts/kconfig" /* in the build folder */
#define KWHY_ANSWER_MAX ((size_t)64 << 20)

struct arena;
struct err;
struct str;

struct kwhy_setup {
	const char *arch;              /* as make's ARCH= */
	const char *version;           /* KERNELVERSION */
	const struct pairs *variables; /* make's variables; CROSS_COMPILE, CC, LLVM and the like */
};

#define KWHY_FILES 19
extern const char *const kwhy_files[KWHY_FILES];

/* Opens a file of the helper, such as "kwhy.c": beside the program, or where it is installed. */
int kwhy_open(const char *name, struct err *err);
/* Whether an object of scripts/kconfig belongs in: all but the front ends. */
bool kwhy_takes(const char *object);
/* "6.12.3" from the first lines of the tree's Makefile. */
const char *kwhy_version(const char *makefile, struct arena *a);
/* The compiler's argv for `objects` (paths in the build folder), to be run in KWHY_BUILD. */
const char *const *kwhy_build_argv(const struct kwhy_setup *s, const char *const *objects, size_t n, struct arena *a);
/* The helper's argv for questions "NAME=WANTED" (a name alone just asks), to be run in KWHY_BUILD; "+NAME=WANTED" has
 * its value and must keep it, and "+" asks what makes all of them hold together. */
const char *const *kwhy_ask_argv(const char *const *questions, size_t n, struct arena *a);
/* What the kernel's Makefile exports to Kconfig. */
const char *const *kwhy_env(const struct kwhy_setup *s, struct arena *a);

struct kwhy_clause {
	const char *text;   /* "A [=n] || B [=n]" */
	const char *symbol; /* when it is a symbol alone, else "" */
	char value;         /* y, m, n */
};

struct kwhy_clauses {
	size_t n;
	struct kwhy_clause *v;
};

/* What the helper found out about lines that would help. */
enum kwhy_found {
	KWHY_UNASKED,
	KWHY_MET,
	KWHY_FIX,
	KWHY_NEVER, /* there are none */
	KWHY_OPEN,  /* not found out in the time it has */
};

struct kwhy_answer {
	const char *name;
	bool exists;
	const char *type, *value, *prompt; /* type "bool", "tristate", "integer", "hex", "string" */
	bool modules;                      /* MODULES is y */
	struct kwhy_clauses depends, hidden_by, selected_by, implied_by;
	const char *choice, *chosen; /* NULL: in no choice */
	const char *low, *high;      /* of a range, or NULL */
	enum kwhy_found found;
	struct strings fix;     /* KWHY_FIX: "NAME=y": with these it would be as wanted, and not with fewer */
	struct strings against; /* KWHY_NEVER: what else is asked for, and cannot hold beside it */
	struct kwhy_clauses
		never; /* KWHY_NEVER: from what it depends on (is selected by) down to what nothing can set */
	bool selected; /* wanted n: `never` selects it */
	bool unset;    /* the last of them has no prompt, and nothing selects it */
};

struct kwhy_answers {
	struct kwhy_answer *v;
	size_t n;
	struct strings names;        /* all symbols, when one was not known */
	struct kwhy_answer together; /* found, fix, against: for all that is asked */
};

int kwhy_parse(const char *text, size_t len, struct arena *a, struct kwhy_answers *out, struct err *err);
const struct kwhy_answer *kwhy_find(const struct kwhy_answers *all, const char *name);
/* "depends on TCP_CONG_ADVANCED, which is n": why it is not `wanted`. */
void kwhy_reason(const struct kwhy_answer *w, const char *wanted, struct str *out);
/* Why a symbol that nobody asked for has the value that it has. */
void kwhy_state(const struct kwhy_answer *w, struct str *out);
/* "add NET = y and INET = y", or that no line would help, and what proves it; or nothing. */
void kwhy_advice(const struct kwhy_answer *w, struct str *out);
/* The same for all that is asked, when it is more than one. */
void kwhy_together(const struct kwhy_answers *all, struct str *out);
