/* modread: many modules of a folder, read by several threads into one set. */
#pragma once
#include "data/modset.h"

/* Adds the files at `paths` below `dir`, in this order; what cannot be read is a damaged module in its place. */
void modread(struct modset *set, int dir, const char *const *paths, size_t n);
/* The same for one file that is open, or that could not be opened (-1). */
void modread_one(struct modset *set, const char *path, int fd);
