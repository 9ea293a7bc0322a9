/* sharing: the shared cache and the peers of the configuration, as a session uses them. */
#pragma once
#include <stdbool.h>

#include "cli/session.h"
#include "store/shared.h"

/* What the command line and the configuration name: NULL where they name nothing, or, with `err` set, where one of it
 * is wrong. With --offline only folders count. */
struct shared *sharing_open(struct cli *cli, struct err *err);
/* Opens it for a session, once. */
int sharing_begin(struct session *s, struct err *err);
/* A result of the store, else one of the shared cache. */
int sharing_lookup(struct session *s, const struct hash *key, struct result *out, struct err *err);
/* The list of a tree that the store does not have, without layers: 0, 1 not to be had; as store_list. */
int sharing_list(struct session *s, const struct hash *id, struct tree *out);
/* Brings such a tree into the store, where that may be written; else nothing. 0 it is there, 1 not to be had, -1. */
int sharing_fetch(struct session *s, const struct hash *id, struct err *err);
/* A small file of a tree of which only the list is here: 1, 0 not to be had. Where the tree itself may come instead,
 * only what costs nothing is taken. */
int sharing_text(struct session *s, const struct tree *t, const char *path, struct str *out);
/* The record of a result, wherever it is: 1 found, 0 not. */
int sharing_record(struct session *s, const struct hash *key, struct record *out);
