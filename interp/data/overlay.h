/* overlay: whether an overlay can be applied to device trees; every label that is missing is named. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct err;

struct dtb_blob {
	const char *shown;
	const void *p;
	size_t n;
	bool new_libfdt; /* of an overlay: what loads it keeps the phandle of a node whose fragment has a label */
};

/* Where the source writes a reference ("uart0", "/soc"), such as "hello.dtso:7"; NULL unknown. */
typedef const char *(*overlay_where_fn)(void *ctx, const char *reference);

/* Tries the overlay on each base. All mistakes are collected. `where` may be NULL. */
int overlay_check(const struct dtb_blob *overlay, const struct dtb_blob *bases, size_t nbases, overlay_where_fn where,
		  void *ctx, struct err *err);
