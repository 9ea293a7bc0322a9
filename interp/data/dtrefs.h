/* dtrefs: the cells of a property that stand for nodes, as dtc's own checks know them by its name. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dtb_node;
struct dtb_prop;

/* The node that has this phandle, or NULL. */
typedef const struct dtb_node *(*dtrefs_node_fn)(const void *ctx, uint32_t phandle);
/* Whether a property refers to `phandle`. How many cells stand behind a reference the node says that it leads to. */
bool dtrefs_has(const struct dtb_prop *q, uint32_t phandle, dtrefs_node_fn node, const void *ctx);
/* The value of a property of one cell. */
bool dtrefs_cell(const struct dtb_node *n, const char *name, uint32_t *out);
