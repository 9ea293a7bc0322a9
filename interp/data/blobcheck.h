/* blobcheck: overlays in files: whether each is one, holds something, and applies to the trees it is for. */
#pragma once
#include <stdbool.h>

struct dtb_blob;
struct err;
struct str;
struct view;
struct view_file;

/* Reads a blob into `out` and checks it as a whole, with what dtlint finds. */
int blob_read(const struct view *v, const struct view_file *f, struct str *out, struct err *err);

/* An overlay against a base (NULL: none is known). 0, and in `got` how many labels it needs; -1. `any_board`: that it
 * says that it is for other boards is only told. */
int blob_overlay(const struct dtb_blob *overlay, const struct dtb_blob *base, bool any_board, struct str *got,
		 struct err *err);
