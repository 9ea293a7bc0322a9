/* args: an argv being put together; the words live elsewhere, the list is the caller's to free. */
#pragma once
#include <stddef.h>

struct args {
	const char **v; /* ended by NULL */
	size_t n, cap;
};

void args_add(struct args *a, const char *word);
void args_add3(struct args *a, const char *x, const char *y, const char *z);
/* A whole list, ended by NULL. */
void args_all(struct args *a, const char *const *words);
