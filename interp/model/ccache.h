/* ccache: a compile's results kept from build to build, in the store's folder ccache. */
#pragma once
#include "model/inside.h"

/* Where it stands inside; a step asks for it by this value of CCACHE_DIR in its environment. */
#define CCACHE_AT "/jkr/ccache"

bool ccache_asked(const struct pairs *env);
/* Mounts it, and lets it ask the server that the configuration names; where it is not `kept`, ccache only calls the
 * compiler. What the image is counts as the compiler: files of an image all bear one time, which ccache would look at.
 */
void ccache_bind(struct inside *in, bool kept);
/* Notes how many compiles it had, from what ccache wrote down, and takes that away. */
void ccache_tell(struct inside *in);

struct ccache_counts {
	size_t hits, misses;
	size_t fetched; /* of the hits: by the server */
	size_t failed;  /* questions that the server did not answer */
};

/* Counts results in the text of a log of statistics. */
struct ccache_counts ccache_count(const char *text);
