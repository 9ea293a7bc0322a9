/* shared_own: the inside of a handle on shared results, shared by the files shared*.c. */
#pragma once
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/action_result.h"
#include "data/trusted.h"
#include "store/depot.h"
#include "store/shared.h"
#include "store/store_own.h"

#define SHARED_KEY ".jkr/key"
#define SHARED_RECORD ".jkr/record"
#define SHARED_TREE ".jkr/tree"
#define SHARED_SIGNATURE ".jkr/sig"
#define SHARED_LAYER ".jkr/layers/"
#define SHARED_TEXT ".jkr/text/"
#define SHARED_NAME 96     /* ".jkr/layers/ID.tar.zst" */
#define SHARED_PLACES 16   /* depots of a handle */
#define SHARED_INSIDE 4096 /* bytes of a small file that stands in the ActionResult itself */
#define SHARED_SMALL (16u << 20)
#define SHARED_TEXT_MAX 256 /* bytes of a file that stands there as a text */
#define SHARED_TEXTS 16     /* of them */

/* What processes of one handle tell each other: in memory that forks share. */
struct shared_fate {
	unsigned faults, said;
};

struct shared_place {
	struct depot *depot;
	const char *address; /* as it was given */
};

/* A result that is to be had. */
struct found {
	struct hash key;
	struct action_result ar;
	struct record record;
	const char *key_text;
	struct hash *layers;
	size_t nlayers;
	size_t from; /* the place that has it */
};

struct shared {
	struct arena arena;
	struct shared_place v[SHARED_PLACES];
	size_t n;
	struct shared_fate *fate; /* of each place */
	struct map found;         /* hex of a key → struct found */
	struct map trees;         /* hex of a tree → struct found */
	struct map lost;          /* hex of a key that is not looked up */
	struct map sent;          /* hex of a blob that is known to be there */
	struct trusted_key *trusted;
	size_t ntrusted;
	struct minisign_key *secret; /* NULL: nothing is signed */
	struct shared_options opt;
};

/* Whether a place is still asked. */
bool shared_on(const struct shared *sh, size_t place);
/* Takes the mistake of a place: says it, counts it, forgets it. */
void shared_fault(struct shared *sh, size_t place, struct err *err);
/* The same of a place that is as it should be, and has something that does not count. */
void shared_refuse(struct shared *sh, size_t place, struct err *err);
/* shared_lookup from a place on: what is found there is remembered in the place of what was. */
const struct found *shared_find(struct shared *sh, const struct hash *key, size_t from);
/* What was found before, or NULL. */
const struct found *shared_known(const struct shared *sh, const struct hash *key);
void shared_forget(struct shared *sh, const struct found *f);
/* A file of an ActionResult as a text: 1, 0 it is dangling or not in it, -1 a mistake of the place. */
int shared_text(struct shared *sh, size_t place, const struct action_result *ar, const char *path, struct str *out,
		struct err *err);
/* Reads what stands under a key; everything lives in the handle's arena. 1, 0 dangling, -1 with a sentence. */
int shared_read(struct shared *sh, size_t place, const struct hash *key, const struct str *bytes, struct found *out,
		struct err *err);
const char *shared_layer_name(char buf[SHARED_NAME], const struct hash *layer, const char *suffix);
/* What a signature covers: the key, then each file and the log, by name, size and digest. */
void shared_signed(const struct hash *key, const struct action_result *ar, struct str *out);
