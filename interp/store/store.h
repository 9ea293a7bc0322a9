/* store: all results on this machine: layers, trees, records, warm directories, logs.
 *
 *   format            version of the layout
 *   layers/HH/ID/     folder of a layer; layers/HH/ID.list its list (ID is the list's hash),
 *                     layers/HH/ID.marks what lstat said of its files when they were last known to be whole
 *   trees/HH/ID       text: the stack of layers
 *   results/HH/KEY    text record of a key: tree, seconds, primitive, notes, checksum
 *   keys/HH/KEY       the readable text of the key
 *   steps/NAME        last key of a step of a recipe, its duration; last tree of a project's folder (history)
 *   seen/HH/ID        what files of projects held when they were last read (model/statcache.h), and what was exported
 *                     (store/exported.h); plans (cli/kept.h)
 *   warm/ID/          warm build directories        logs/   tmp/   trash/   lock/   quarantine/
 *   partial/SHA256    what came of a download that was cut off
 *   mirrors/ID/       what git servers gave, ID of the address (store/mirror.h)
 *   imports/ID/       what commits of repositories of recipes hold (store/import.h)
 *
 * A store belongs to one uid. Records are written last; a damaged object is a miss: it goes to
 * quarantine/ and is named by store_set_aside.
 *
 * After a power cut: files of layers are not made durable one by one. The time of a layer's folder
 * tells whether they are: 1 s and 0 ns is durable (set after a syncfs), 1 s and a number made from the
 * boot id is whole as long as the machine runs, anything else is unproven: such a layer is hashed
 * once by its list before it counts. The mark sits on the layer, since records share layers. Texts prove
 * themselves when they are read. What nobody reads is looked at when a run of an earlier boot left its temporary
 * folder. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "model/layer.h"
#include "model/plan.h"
#include "model/tree.h"

struct err;
struct exported;
struct store;
struct str;

/* Opens or makes the store at `path` (NULL: $JKR_STORE, else $XDG_CACHE_HOME/jkr, else ~/.cache/jkr).
 * With `create` false a missing store opens as an empty one and nothing is written. */
struct store *store_open(const char *path, bool create, struct err *err);
/* Makes one that is there, and was opened for reading, what `create` would have made it. */
int store_open_more(struct store *st, struct err *err);
void store_close(struct store *st);
const char *store_path(const struct store *st);
int store_fd(const struct store *st);                /* -1: an empty store that is not there */
const char *store_set_aside(const struct store *st); /* lines "object: what" of this handle, or NULL */

/* One more pair of a record. */
struct note {
	const char *key, *value;
};
struct record {
	struct result result;
	const char *primitive, *step, *log;
	const char *run, *machine; /* "board.lua -D rt=false", the machine's name; NULL unknown */
	const struct note *notes;
	size_t nnotes;
	int64_t when; /* seconds since the epoch, of this machine; never in a key */
};

int store_lookup(struct store *st, const struct hash *key, struct result *out, struct err *err);
/* The whole record; strings live in `a`. 1 found, 0 not. */
int store_record(struct store *st, const struct hash *key, struct arena *a, struct record *out, struct err *err);
/* Calls `fn` for the key of every result that there is a record of, in no order; stops on nonzero, and gives it. */
typedef int (*store_result_fn)(void *ctx, const struct hash *key);
int store_results(struct store *st, store_result_fn fn, void *ctx);
/* The tree with its merged list and open layers. A damaged one is set aside: 0 found, 1 miss, -1 error. */
int store_tree(struct store *st, const struct hash *id, struct tree *out, struct err *err);

/* The tree's merged list alone, to be freed as the tree: no layer is open. Of what store_lookup found whole only the
 * lists are read; of any other it proves what store_tree does. store_list_open makes it what store_tree gives. */
int store_list(struct store *st, const struct hash *id, struct tree *out, struct err *err);
int store_list_open(struct store *st, struct tree *t, struct err *err);

/* Reads the long lists of a tree's layers into the memory of this handle, where store_tree finds them, also that of
 * processes forked later: parsing the 90,000 lines of a kernel's tree costs more than a small step. Up to a bound;
 * what cannot be read is left to who needs it. */
void store_keep(struct store *st, const struct hash *tree);

/* For layers that are mounted, and so read by others. Whether the files of one bear what lstat said of them (size,
 * times, inode …) when they were last known to be what its list says; any thread may ask. */
bool store_layer_marked(const struct store *st, const struct hash *layer);
/* Hashes all of a layer: 0 it is whole, and marked anew; -1 with a sentence: it is damaged, and does not count any
 * more. */
int store_layer_prove(struct store *st, const struct hash *layer, struct err *err);

/* A private folder in tmp/ for a job, locked by this process; store_discard moves it to trash/. */
int store_tmp(struct store *st, char name[64], struct err *err);
void store_discard(struct store *st, const char *tmpname);

/* Publishes `layer`, whose folder is tmp/`tmpname`/`sub`, on `below` (NULL: none): layer, then tree.
 * Gives the new tree's id. Equal layers are one; an empty layer adds nothing; a stack of more than 100
 * layers becomes one. The folder is gone from tmp/ afterwards, also when an equal one was there. `likely` (or NULL) is
 * the list that it should be, with its id: to compare both is quicker than to hash one. */
int store_publish(struct store *st, struct layer *layer, const char *tmpname, const char *sub, const struct tree *below,
		  const struct tree *likely, struct hash *tree_id, struct err *err);
/* Writes key text and record, last of all. Durable with the next store_sync: nothing counts by being there, but by
 * being whole. */
int store_commit(struct store *st, const struct hash *key, const char *key_text, const struct record *rec,
		 struct err *err);

/* Makes all that was published until now durable (syncfs): at the end of a run, and when it would cost much to
 * do again what is not. Once it failed it does so for ever with this handle. */
int store_sync(struct store *st, struct err *err);

/* Last key and seconds of a step of a recipe; false when unknown. */
bool store_last(struct store *st, const char *recipe, const char *step, struct hash *key, double *seconds);
void store_set_last(struct store *st, const char *recipe, const char *step, const struct hash *key, double seconds);
/* The readable text of a key: caller frees; NULL when unknown. */
char *store_key_text(struct store *st, const struct hash *key);

/* Caches in seen/, by a name: of what a project's files held (model/statcache.h), of plans (SEEN_PLAN), of exports
 * (store/exported.h). What cannot be kept is not there the next time. `durable`: for what is written when the run is
 * synced. */
#define SEEN_PLAN "jkr kept plan 1\n"
#define SEEN_SENT "jkr was sent 01\n" /* what a shared cache was sent (store/shared.h) */
bool store_recall(const struct store *st, const struct hash *name, struct str *out);
void store_remember(struct store *st, const struct hash *name, const struct str *bytes, bool durable);

/* What cached results rest on: for each its record, its tree's stack, each layer's folder and list, by inode, size
 * and ctime. store_prove adds that of results which store_lookup found in this handle; false when it cannot be told
 * for ever: one of them changed after `since` (statcache_now before the lookup, see model/statcache.h), the file
 * system is not trusted, a layer is not marked. store_proven: whether all of it is as it was, so that store_lookup
 * would find each of them, and in this boot, for after a power cut every text has to prove itself. A use that a run
 * would have to note (once a day) is not answered either. */
struct store_claim {
	struct hash key, tree;
};
bool store_prove(struct store *st, const struct store_claim *v, size_t n, int64_t since, struct str *out);
bool store_proven(struct store *st, const void *proof, size_t len);

/* Locks. A key's lock is held while its step runs: 0 got it, 1 somebody else has it (with `wait`
 * false). The store's lock is shared while a run lasts, exclusive for gc: a descriptor that the caller
 * owns, or -1. Key locks are only taken by who holds the store's. */
int store_lock_key(struct store *st, const struct hash *key, bool wait, int *fd, struct err *err);
int store_lock(struct store *st, bool exclusive, bool wait, struct err *err);

struct store_stat {
	uint64_t layers, files, bytes, trees, results, warm, warm_bytes, mirrors, mirror_bytes;
	uint64_t imports, import_bytes, ccache_bytes, tmp, trash;
};
int store_stat(struct store *st, struct store_stat *out, struct err *err);
struct gc_policy {
	uint64_t max_bytes;         /* 0: no bound; otherwise least recently used results go first */
	int64_t max_age;            /* seconds, 0: no bound */
	bool all_unreferenced_only; /* only what no record reaches */
	bool wait;                  /* for runs that use the store; otherwise E0808 */
};
/* Drops results by the policy, and every layer, tree, key and log that no result needs. */
int store_gc(struct store *st, const struct gc_policy *policy, uint64_t *freed, struct err *err);
/* Re-hashes everything, under the shared lock. Each damaged object is named by `report`, and with `repair` set aside.
 */
typedef void (*store_report_fn)(void *ctx, const char *object, const char *what);
int store_verify(struct store *st, bool repair, store_report_fn report, void *ctx, uint64_t *bad, struct err *err);
/* Puts stale folders of tmp/ (of processes that are gone) into trash/, and empties that for so many
 * seconds, also in the midst of a tree; negative: to the end. */
int store_tidy(struct store *st, double seconds, struct err *err);
/* Empties trash/ for so many seconds, silently; beside another call on the same handle, too. */
void store_empty_trash(struct store *st, double seconds);

/* Copies a tree (below `sub`, or the one file there) into a plain folder: owners as the user's, modes of the
 * list without setuid, by reflink where possible; what is there is replaced file by file. Devices and
 * fifos are left out. Contents are checked on the way. Used for export. A killed one leaves a file of the name
 * STORE_EXPORT_TEMP, which the next takes: one at a time may export to a folder. */
#define STORE_EXPORT_TEMP ".jkr-export"
int store_export(struct store *st, const struct tree *t, const char *sub, int dir, struct err *err);
/* The same of an entry, over what an earlier one left: files that are what they must be stay as they are, and of a
 * folder, which `dir` then is, what the tree does not hold goes. `known` (store/exported.h) may be NULL, then each
 * file is written. */
int store_export_over(const struct tree *t, const struct entry *e, int dir, struct exported *known, struct err *err);
