/* lint: a recipe, and the files of the project that its steps take in, read for what makes two builds differ. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct err;
struct recipe;

struct lint_result {
	size_t files; /* that were read */
	size_t found; /* of them `told` are in `err` */
	size_t told;
	size_t absent; /* files and folders that are not there yet */
	size_t unread; /* steps that take a tree from elsewhere, which is not looked into */
	size_t held;   /* what jkr itself keeps equal; noted on stdout unless quiet */
};

/* Collects a mistake (E1210) for each thing. -1 when a folder cannot be read. */
int lint_recipe(struct recipe *r, bool quiet, struct lint_result *out, struct err *err);
