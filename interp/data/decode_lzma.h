/* decode_lzma: what liblzma itself decodes of a span. Private to decode_lzma.c and decode_xz.c. */
#pragma once
#include <lzma.h>

#include "data/codec.h"

/* One call of lzma_code. */
enum coded lzma_span(lzma_stream *z, struct span *s, const char **why);
/* What `r`, which is no success, means. */
enum coded lzma_fault(lzma_ret r, const char **why);
