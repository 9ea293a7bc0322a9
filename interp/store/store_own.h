/* store_own: the inside of the store, shared by the files of this folder. */
#pragma once
#include <sys/stat.h>
#include <sys/types.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/store.h"

#define STORE_FORMAT 1
#define STORE_MAX_LAYERS 100
#define STORE_MAX_TEXT (512u << 20)
#define STORE_PATH 192

struct store {
	char *path;
	int fd;
	bool writable;
	long boot;      /* nanoseconds that mark a layer of this boot */
	int64_t opened; /* seconds; what has an older time is not of this handle */
	int unsynced;   /* errno of a sync that failed: the kernel tells it once, and what it was about may be lost */
	char own[64];   /* the temp folder that texts are written in, "": none */
	struct map tmp; /* name of a temp folder → descriptor of its lock, plus 1 */
	struct str aside;
	struct map condemned; /* paths that were found damaged by who may not move them */
	struct map kept;      /* path of a list → struct kept */
	size_t kept_bytes;
	struct map stacks;  /* hex of a tree → struct stack, as store_lookup last found it good */
	struct arena known; /* holds them */
};

enum layer_state { LAYER_ABSENT, LAYER_UNPROVEN, LAYER_THIS_BOOT, LAYER_DURABLE };

/* "KIND/HH/HEX" and a suffix. */
const char *object_path(char buf[STORE_PATH], const char *kind, const struct hash *h, const char *suffix);
/* Reads an object: 1 found, 0 absent or unreadable. */
int object_read(const struct store *st, const char *path, struct str *out);
/* The same, and when it was last used. */
int object_read_time(const struct store *st, const char *path, struct str *out, time_t *mtime);
/* Writes an object by temp file and rename; `durable` with fsync of file and folder. The file lies in a temp
 * folder of this handle, if there is one, so that it goes with that when the process is killed. */
int object_write(struct store *st, const char *path, const struct str *text, bool durable, struct err *err);
/* Adds "sum HEX\n" over all before it; object_open checks it and takes it off. */
void object_seal(struct str *text);
bool object_open(struct str *text);
/* Moves an object to quarantine/ and notes why; with a store that may not be written only notes. */
void object_set_aside(struct store *st, const char *path, const char *why);
/* Forgets what object_set_aside only noted. */
void store_acquit(struct store *st);
/* Moves a path of the store to trash/ under a new name. 0 also when it is not there. */
int object_trash(struct store *st, const char *path);
/* The next line of a text that is cut in place, or NULL. */
char *object_line(char **rest);
/* The sentence for a write that failed with errno. Returns -1. */
int store_fault(const char *path, struct err *err);
int store_must_write(const struct store *st, struct err *err);

enum layer_state layer_state_of(const struct store *st, const struct hash *id);
/* The same of a layer's folder that was looked at. */
enum layer_state layer_state(const struct store *st, const struct stat *folder);
/* Marks a layer; nanoseconds as in struct store, 0: durable. */
int layer_mark(const struct store *st, const char *path, long ns);
/* Takes the mark away: it is hashed before it counts again. */
void layer_doubt(const struct store *st, const char *path);
/* Keeps what lstat says of the files of a layer that was just found whole. A text of marks is whole, or damaged. */
void marks_write(struct store *st, const struct hash *layer);
bool marks_whole(struct store *st, const struct hash *layer, const char *path);
/* Reads and checks a list, all of it in the arena: 1, or 0 when it is absent or damaged (`why` says it). */
int layer_read_list(struct store *st, const struct hash *id, struct arena *a, struct entry **v, size_t *n,
		    const char **why);
/* Compares a layer's folder with its list, contents too. Every difference is told to `report` as
 * OBJECT; gives their number, or -1 with errno. */
long layer_check(struct store *st, const struct hash *id, const struct entry *v, size_t n, store_report_fn report,
		 void *ctx);
/* A list that stays in memory, as its text says it: nobody writes to it. */
struct kept {
	struct arena arena;
	struct entry *v;
	size_t n;
	bool marked; /* it holds whiteouts or opaque folders */
};
const struct kept *list_kept(const struct store *st, const struct hash *id);
void lists_drop(struct store *st);
bool list_marked(const struct entry *v, size_t n);
/* Sets aside what a power cut has damaged: unproven layers, and every record, stack and key text. */
void verify_unproven(struct store *st);
/* Whether a layer may be used; an unproven one is hashed first, a damaged one set aside. */
bool layer_usable(struct store *st, const struct hash *id);

/* Publishes the finished folder at `from` as the layer `want`, if that is the hash of its list `v`. */
int layer_place(struct store *st, const char *from, const struct entry *v, size_t n, const struct hash *want,
		struct hash *got, struct err *err);

/* After this many seconds a use of a record is noted again. */
enum { TOUCH_SECONDS = 24 * 3600 };

/* The text of a tree: whose it is, and its stack. */
void tree_format_stack(const struct hash *id, const struct hash *layers, size_t n, struct str *out);
bool tree_parse_stack(const struct hash *id, struct str *text, struct hash **layers, size_t *n);
/* The text of a record, and what it says; the text is cut in place. */
void record_format(const struct hash *key, const struct record *r, struct str *out);
bool record_parse(struct str *text, const struct hash *key, struct arena *a, struct record *r);
/* The stack of a tree: 1 found, 0 not (a damaged text is set aside). Caller frees the array. */
int tree_read_stack(struct store *st, const struct hash *id, struct hash **layers, size_t *n);
/* Writes the stack of a tree, unless a usable one is there. */
int tree_write(struct store *st, const struct hash *id, const struct hash *layers, size_t n, struct err *err);
/* Keeps a stack whose layers were found usable, for store_list. */
void tree_remember(struct store *st, const struct hash *id, const struct hash *layers, size_t n);
struct stack {
	size_t n;
	struct hash layers[];
};
/* What it kept, or NULL. */
const struct stack *tree_remembered(const struct store *st, const struct hash *id);
/* Walks the objects KIND/HH/NAME. Stops on nonzero. */
typedef int (*store_object_fn)(void *ctx, struct store *st, const char *name, const char *path);
int store_each(struct store *st, const char *kind, store_object_fn fn, void *ctx);
/* The same, but for shards in which nothing came or went since then (seconds). */
int store_each_since(struct store *st, const char *kind, int64_t since, store_object_fn fn, void *ctx);
