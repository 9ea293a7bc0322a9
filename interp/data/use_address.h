/* use_address: where a recipe of another team lies: git+URL//PATH?ref=REF, or ?commit=ID. */
#pragma once
#include <stdbool.h>

struct arena;
struct err;

struct use_address {
	const char *url;    /* as git takes it */
	const char *path;   /* of the file in the repository, clean */
	const char *ref;    /* a name always; NULL: HEAD */
	const char *commit; /* a full id, or NULL */
	const char *pin;    /* what it is called in jkr.lock: all files of one repository and ref have one pin */
};

bool use_address_is(const char *s);
int use_address_parse(const char *s, struct arena *a, struct use_address *out, struct err *err);
