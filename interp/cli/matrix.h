/* matrix: a file of boards and options, each combination of which is a row: a recipe with its options. All of them are
 * loaded, and joined in one recipe (model/matrix.h), so that what they share is planned and built once. */
#pragma once
#include "lua/load.h"

struct session;

struct matrix_row {
	const char *name;  /* "nx", "nx,rt=true" */
	const char *board; /* "nx" */
	const char *recipe, *profile;
	const char *const *plugins; /* ended by NULL; or NULL */
	struct load_option *options;
	size_t noptions;
	struct place at; /* of the board */
};

struct matrix {
	const char *shown, *folder; /* the file, as messages name it; the folder that its paths start at */
	struct matrix_row *v;
	size_t n;
};

/* Reads the text of the file; memory of the arena. */
int matrix_read(const char *text, size_t len, struct arena *a, struct matrix *m, struct err *err);
/* Loads all recipes of the file that --matrix names into the session's. */
int matrix_load(struct session *s, struct err *err);
