/* types: what editors and luacheck know of the language, printed from the tables that check recipes. */
#pragma once
#include <stdio.h>

struct arena;
struct err;

/* Annotations of the Lua language server for every word, primitive and constructor. */
int types_annotations(FILE *out, struct arena *a, const char *const *search, struct err *err);
/* .luacheckrc: the names that a recipe has, and no others. */
int types_luacheckrc(FILE *out, struct arena *a, const char *const *search, struct err *err);
/* .luarc.json: Lua 5.4 without the libraries that recipes lack; where the annotations are. */
int types_luarc(FILE *out, struct arena *a, const char *const *search, struct err *err);
