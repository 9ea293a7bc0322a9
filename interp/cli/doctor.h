/* doctor: what this machine lacks, a line for each thing, and for each that is missing the line that mends it. */
#pragma once
#include <stdbool.h>

struct cli;
struct json;
struct session;
struct step;

/* What --only names. Flash is looked at only then. */
enum doctor_group { DOCTOR_HOST, DOCTOR_DOCKER, DOCTOR_FLASH, DOCTOR_SOURCES, DOCTOR_NETWORK };

struct doctor {
	const struct cli *cli;
	enum doctor_group group; /* of what is told */
	struct json *list;       /* NULL: text */
	int width;               /* of the names */
	unsigned missing, required;
};

/* Whether it is asked for; then what is told belongs to it. */
bool doctor_begin(struct doctor *d, enum doctor_group group);
/* One thing: `what` it is for, `why` it is taken to be there or not, and what mends it. */
void doctor_tell(struct doctor *d, const char *id, const char *what, bool ok, bool required, const char *why,
		 const char *mend);
/* Each input that a person stages: whether it is there, and the one that is pinned. */
void doctor_inputs(struct doctor *d, const struct session *s);
/* Whether a board has room to be built. */
void doctor_room(struct doctor *d, const struct session *s);
/* A text parameter, or the name of a file, as the recipe writes it, or NULL. */
const char *step_text(const struct step *step, const char *param);
