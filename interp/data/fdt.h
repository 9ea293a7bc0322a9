/* fdt: flattened device trees in memory. What is asked of a blob first passed dtb_check. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct str;

/* Checks a blob as a whole: header, structure, names, and how deep it nests. `shown` names it. */
int dtb_check(const void *p, size_t n, const char *shown, struct err *err);
/* Whether it is an overlay: holds a fragment, or references that are to be resolved. */
bool dtb_is_overlay(const void *p);

/* The path that a label stands for in __symbols__, or NULL. */
const char *dtb_label(const void *p, const char *label);
/* All labels; false when there is no __symbols__ node. Strings point into the blob. */
bool dtb_labels(const void *p, struct arena *a, const char *const **labels, size_t *n);
bool dtb_has_node(const void *p, const char *path);
/* A property's bytes, or NULL. */
const void *dtb_property(const void *p, const char *path, const char *name, size_t *len);

/* A reference of an overlay that its base has to resolve. */
struct dtb_reference {
	const char *name; /* label, or a path where the source says <&{/path}>; target-path of a fragment */
	const char *use;  /* where: "/fragment@0:target:0" */
	bool is_path;     /* a target-path: the node must be there */
};
/* All references, also each of several uses of one label. */
int dtb_references(const void *p, const char *shown, struct arena *a, struct dtb_reference **v, size_t *n,
		   struct err *err);

/* Adds base with the overlay applied to `out`; neither blob is changed. */
int dtb_apply(const void *base, size_t nbase, const char *base_shown, const void *overlay, size_t noverlay,
	      const char *overlay_shown, struct str *out, struct err *err);

/* A blob as its nodes, in the order of the blob. Strings and bytes point into it. */
struct dtb_prop {
	const char *name;
	const void *p;
	size_t len;
};
struct dtb_node {
	const char *path; /* "/" is the root */
	uint32_t phandle; /* 0: none */
	unsigned depth;   /* of the root 0 */
	struct dtb_prop *props;
	size_t nprops;
};
void dtb_nodes(const void *p, struct arena *a, struct dtb_node **v, size_t *n);
