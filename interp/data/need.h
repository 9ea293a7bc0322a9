/* need: what jkr wants of a machine, how to find out, and what mends it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct str;

struct need {
	const char *id;   /* "mmdebstrap", "userns" */
	const char *what; /* what it is for: "building images from Debian packages" */
	bool required;    /* without it an ordinary build fails */
	const char *mend; /* a command line, or a sentence; `$USER` stands for who builds */
	enum need_group {
		NEED_HOST,
		NEED_DOCKER,
		NEED_FLASH /* of the machine that flashes a board */
	} group;
};

/* Ended by an entry whose id is NULL. */
extern const struct need needs[];

/* Tries it: 0 there, 1 missing. `why` gets one sentence in both cases ("bwrap 0.8.0", "no entry for
 * `pn` in /etc/subuid"). Forks children, changes nothing. */
int need_check(const char *id, struct str *why);
/* What mends it, with the name of this user: root is to type it. */
void need_mend(const struct need *n, struct str *out);
const struct need *need_find(const char *id);
