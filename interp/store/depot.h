/* depot: one place that holds results and blobs for several machines, in the layout of Bazel's HTTP cache:
 *
 *   ac/KEY       an ActionResult (data/action_result.h); KEY any SHA-256, here that of a step's key text
 *   cas/SHA256   bytes with this hash
 *
 * The address says how it is reached: `file:///folder` (ac/ and cas/ lie in it), `http://…`, `https://…`,
 * `ssh://[user@]host[:port]/folder` (a folder like that on another machine). Whatever serves the layout will do:
 * nothing that comes from it is believed. Every blob is hashed while it arrives, by this file and not by a transport.
 *
 * A handle is used by one thread of one process; after a fork the child opens its own. Functions give 1 or 0 as
 * said, and -1 with one sentence: E0812 the place cannot be used now, E0813 it gave other bytes than asked for,
 * E0816 this machine cannot write what came. Nothing is tried twice here, and no call lasts longer than its transport's
 * limits of time without progress. What to make of a mistake (a miss, a stop) is for the caller. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"

struct depot;
struct err;
struct str;

struct depot_options {
	unsigned connect_seconds; /* 0: 5 */
	unsigned stall_seconds;   /* without a kilobyte a second: 0: 10 */
};

/* Whether `address` is one, without asking it; a user or password in a web address is refused (E0815), and so is any
 * other form. */
int depot_check(const char *address, struct err *err);
/* NULL with a sentence. Nothing is asked of the place yet; a `file://` folder is made by the first write. */
struct depot *depot_open(const char *address, const struct depot_options *opt, struct err *err);
void depot_close(struct depot *d);
/* As messages name it. */
const char *depot_address(const struct depot *d);

/* The bytes under a key, at most ACTION_RESULT_MAX, in place of what `out` holds: 1 there, 0 not. */
int depot_result(struct depot *d, const struct hash *key, struct str *out, struct err *err);
/* Puts them there, if nothing is: 1 they are there now, 0 other bytes are and stay. */
int depot_put_result(struct depot *d, const struct hash *key, const struct str *bytes, struct err *err);

/* Whether it is there: 1, 0. */
int depot_has(struct depot *d, const struct hash *digest, struct err *err);
/* Writes a blob over `fd`, a regular file open for reading and writing, whose position is its start afterwards: 1 it
 * holds `size` bytes with this hash, 0 the blob is not there (`fd` is empty then). */
int depot_fetch(struct depot *d, const struct hash *digest, uint64_t size, int fd, struct err *err);
/* The same into memory, in place of what `out` holds. */
int depot_fetch_text(struct depot *d, const struct hash *digest, uint64_t size, struct str *out, struct err *err);
/* Puts what a regular file holds (hashed here: `digest` and `size` get what was found), unless it is there; at once or
 * not at all. 1 sent, 0 it was there. */
int depot_put(struct depot *d, int fd, struct hash *digest, uint64_t *size, struct err *err);
/* The same of a text. */
int depot_put_text(struct depot *d, const void *p, size_t n, struct hash *digest, struct err *err);

/* What this handle moved. */
struct depot_count {
	uint64_t asked, sent, received; /* requests, bytes of blobs */
};
struct depot_count depot_count(const struct depot *d);
