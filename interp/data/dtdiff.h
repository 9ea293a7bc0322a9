/* dtdiff: what two device trees say differently, node by node and property by property. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct arena;

struct dt_difference {
	const char *path;
	const char *property; /* NULL: the node itself is only in one of them */
	const char *a, *b;    /* as a source has it: "okay", <0x1 &/soc/pic>; NULL: not there */
	bool follows;         /* names of nodes (labels, paths) and numbers that dtc gave: they follow from others. Also
			       * what differs, unless its numbers are those of nodes, which its name does not tell */
};

/* Both passed dtb_check. Numbers of properties that are known to refer to nodes are those nodes: dtc numbers anew with
 * each node. In the order of paths, in the arena. */
size_t dtdiff(const void *a, const void *b, struct arena *arena, struct dt_difference **out);
