/* shared: results of steps that machines give each other, whole, by way of depots (store/depot.h).
 *
 * What stands under ac/KEY is an ActionResult with these files; a reader takes each from its `contents` or by its
 * digest, and believes neither:
 *
 *   .jkr/key                 the readable text of the key; it hashes to KEY
 *   .jkr/record              the step's record as a store has it: its tree, date, notes, machine, seconds
 *   .jkr/tree                the stack of layers of that tree
 *   .jkr/layers/ID.list      a layer's list; ID is its hash
 *   .jkr/layers/ID.tar.zst   the layer's files (store/blob.h)
 *   .jkr/text/NAME           optional: a small file at the top of that tree, which need not come for it
 *   .jkr/sig                 optional: a minisign signature over KEY and the lines of shared_signed
 *
 * and the step's log as its stdout. So ActionResults are small, a layer is one blob, and a blob that many results have
 * lies there once. What a tree is named is recomputed from what came before it counts.
 *
 * One handle has several depots: reading asks each in order, and the first valid answer wins; writing goes to the
 * first. A mistake of a depot never fails a read: it is a miss, said once by `warn` with the address, and after
 * SHARED_FAULTS of them the depot is off for this handle and for those of forks, said once. Writing gives -1 with a
 * sentence, and the caller decides. After a fork the child calls shared_reopen before anything else. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "model/plan.h"
#include "model/tree.h"
#include "store/store.h"

struct depot;
struct err;
struct shared;
struct str;

#define SHARED_FAULTS 3

struct shared_options {
	const char *const *trusted; /* public keys, as trusted_parse reads them, ended by NULL; none: all is taken */
	const char *secret;         /* text of a secret key of minisign that signs what is sent, or NULL */
	void (*warn)(void *ctx, const char *sentence); /* may be NULL */
	void *ctx;
};

/* Addresses ended by NULL, the one to write to first. NULL with a sentence: one is no address, or a key is none. */
struct shared *shared_open(const char *const *addresses, const struct shared_options *opt, struct err *err);
void shared_close(struct shared *sh);
/* In a forked child: connections are its own from here on. What was off stays off. */
void shared_reopen(struct shared *sh);
/* Who hears of mistakes from here on; `warn` may be NULL. */
void shared_listen(struct shared *sh, void (*warn)(void *ctx, const char *sentence), void *ctx);
/* The depot that is written to: for blobs that are no results (a job's text, a failure's log). */
struct depot *shared_depot(struct shared *sh);
/* Whether no depot is left that would be asked. */
bool shared_off(const struct shared *sh);

/* Whether a result is to be had: 1 found, 0 not. Only small things come; it counts when key text, record and stack fit
 * each other and, with trusted keys, one of them signed it. What was found is remembered by this handle. */
int shared_lookup(struct shared *sh, const struct hash *key, struct result *out);
/* It was looked up, and then was not to be had: this handle does not find it any more. */
void shared_give_up(struct shared *sh, const struct hash *key);
/* Which machine made what shared_lookup found, and the address that has it; NULL unknown. */
const char *shared_machine(struct shared *sh, const struct hash *key);
const char *shared_from(struct shared *sh, const struct hash *key);
/* The merged list of a tree that shared_lookup found, without layers; to be freed as the tree. 1, 0. */
int shared_list(struct shared *sh, const struct hash *tree, struct tree *out);

/* A file of such a tree, by its entry in the list, where it stands in the result itself; hashed: 1, 0. */
int shared_small(struct shared *sh, const struct hash *tree, const struct entry *e, struct str *out);
/* Any file, at most SHARED_FILE_MAX bytes, hashed: 1, 0. Its whole layer comes for it, and goes again. */
#define SHARED_FILE_MAX (1u << 20)
int shared_file(struct shared *sh, const struct hash *tree, const char *path, struct str *out);
/* The record of what shared_lookup found; strings live as long as the handle. 1, 0. */
int shared_record(const struct shared *sh, const struct hash *key, struct record *out);

/* Brings a result into the store, where it then is like one that was built here: 1 it is there (also when it was
 * before), 0 not to be had, -1 with a sentence: this machine cannot keep it (E0804 …). The store's shared lock is
 * held. Several may fetch at once, each with a handle of its own. */
int shared_fetch(struct shared *sh, struct store *st, const struct hash *key, struct err *err);
/* The same of the tree alone, for who has the record. */
int shared_fetch_tree(struct shared *sh, struct store *st, const struct hash *tree, struct err *err);

/* Sends a result of the store: its blobs first, what stands under the key last; what is there is not sent again. 1 it
 * is there now, 0 the key has another tree there, which stays: the step does not give equal results (`other` gets
 * what the depot has). -1 with a sentence: the depot cannot be written to (E0812), or the store has no such
 * result (E0809). May be stopped at any moment, and begun again. */
int shared_send(struct shared *sh, struct store *st, const struct hash *key, struct hash *other, struct err *err);
/* What this store remembers to have sent to that depot. */
bool shared_was_given(const struct shared *sh, const struct store *st, const struct hash *key);
void shared_note_given(const struct shared *sh, struct store *st, const struct hash *key);
