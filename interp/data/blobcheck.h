/* blobcheck: overlays in files: whether each is one, holds something, and applies to the trees it is for. */
#pragma once
#include <stddef.h>

struct err;
struct str;
struct view;
struct view_file;

/* Reads a blob into `out` and checks it as a whole. */
int blob_read(const struct view *v, const struct view_file *f, struct str *out, struct err *err);

/* An overlay of `v` against a base (NULL: none is known). 0, and in `got` how many labels it needs; -1. */
int blob_overlay(const struct view *v, const struct view_file *f, const struct view *base_view,
		 const struct view_file *base, struct str *got, struct err *err);
