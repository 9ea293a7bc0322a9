/* chosen: patches that a list of names and patterns picks, each of which must pick one. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct err;
struct strings;

/* Whether the list names it; marks what of the list does in `used`. */
bool chosen(const struct strings *list, const char *name, bool *used);
/* A mistake for each of the list that is not marked; `field` is the list's parameter. */
int chosen_all(const struct strings *list, const char *field, const bool *used, const char *const *names, size_t n,
	       struct err *err);
