/* capabilities: what a plugin, or the recipes of a repository, say that their steps do. Who comes from elsewhere and
 * does more is refused. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "data/schema.h"

struct arena;
struct entry;
struct err;
struct step;
struct str;
struct tree;

/* `capabilities` of jkr.yaml and plugin.yaml. A line of `network` or `paths` that ends in `/` is all below it, `/`
 * alone is any path, one of `network` that ends in `*` and is no address all names that begin so. */
extern const struct param capabilities_form[];

struct capabilities {
	struct strings primitives, network, paths;
	const char *who;  /* whose: "plugin `camera`", an address */
	const char *file; /* that says it, as messages name it: "its plugin.yaml" */
	bool stated;      /* it says anything */
};

/* The same of the text of a jkr.yaml; `shown` must live as long as `a`. */
int capabilities_parse(const char *text, size_t len, const char *shown, struct arena *a, struct capabilities *out,
		       struct err *err);
/* Takes the table in (NULL: nothing is stated). Memory is the arena's. */
int capabilities_read(const struct value *v, struct arena *a, struct capabilities *out, struct err *err);
/* Whether an address is among `network`. */
bool capabilities_reach(const struct capabilities *c, const char *address);
/* At load: the step's primitive and what it takes from the network. `bound` is there. */
int capabilities_check(const struct capabilities *c, const struct step *s, struct arena *a, struct err *err);
/* In a run: what a step changed of the tree `below` that it writes onto, as its layer lists it. */
int capabilities_changed(const struct capabilities *c, const struct tree *below, const struct entry *v, size_t n,
			 struct err *err);
/* All that is stated, a word each, sorted: "primitive:fetch network:https://… path:usr/lib/". */
void capabilities_text(const struct capabilities *c, struct str *out);
