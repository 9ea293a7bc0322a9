/* decoder_helper: lbzip2, which decodes on all processors. Private to decoder.c.
 *
 * It reads a file by itself, or is fed by a thread with what a pull function gives; until the helper
 * is at its end or closed, that thread alone may use what is pulled from. */
#pragma once
#include "data/decoder.h"

struct helper;

/* `head` are bytes that were pulled already. NULL when there is no lbzip2 or no room for it: then
 * nothing was pulled and the caller decodes by itself. */
struct helper *helper_start(const struct decoder_source *src, const void *head, size_t nhead);
/* As decoder_source's pull; -1 without a sentence when the program did not end well. */
ssize_t helper_read(struct helper *h, void *buf, size_t n, struct err *err);
void helper_close(struct helper *h);
