/* outputs: the files that a BUILD_MANIFEST.json says were built, against those that are there. */
#pragma once
#include "base/hash.h"
#include "base/mem.h"

struct err;
struct str;
struct view;

struct output {
	const char *path; /* as the manifest has it: where a bundle puts it is its own affair */
	struct hash hash;
};

struct outputs {
	struct output *v;
	size_t n;
};

/* Reads the list of a manifest; its strings live in the arena. */
int outputs_parse(const char *text, size_t len, const char *shown, struct arena *a, struct outputs *out,
		  struct err *err);

/* A view_check_fn with the manifest's path: every output is there with its bytes. */
int outputs_check(const struct view *v, const void *path, struct str *got, struct err *err);
