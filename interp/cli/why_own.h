/* What finding the steps that made a file (why_file.c) and telling of them (why_file_show.c) share. */
#pragma once
#include "base/hash.h"
#include "base/map.h"
#include "cli/session.h"

/* What a step did with the file. */
enum how { MADE, CHANGED, PASSED };

/* The file in the result of one step. */
struct stage {
	const struct plan_step *ps;
	const struct entry *e;
	enum how how;
	const struct stage *from; /* of the step that it was taken from, or whose file was changed; NULL: made here */
	bool passed_on;           /* another step has the same bytes from here */
};

struct tracing {
	struct session *s;
	const char *word;
	struct hash digest; /* of the file of this machine */
	bool by_digest;
	struct map paths;   /* of what holds those bytes: earlier steps may have other bytes there */
	struct tree *trees; /* by number of the step; those of steps without a result are empty */
	struct stage *v;
	size_t n, room, unbuilt;
};

bool why_has_digest(const struct tracing *t, const struct entry *e);
/* Tells of each file that nobody took further, and was not only changed: where the chains end. */
void why_tell(struct tracing *t);
