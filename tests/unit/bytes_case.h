/* bytes_case: a text as a decoder's source, in pieces of `step` bytes at most. */
#pragma once
#include <string.h>
#include <sys/types.h>

#include "base/str.h"

struct err;

struct bytes {
	const struct str *s;
	size_t at, step;
};

static ssize_t
pull(void *ctx, void *buf, size_t n, struct err *err)
{
	struct bytes *b = ctx;
	size_t k = b->s->len - b->at;

	(void)err;
	k = k < n ? k : n;
	k = k < b->step ? k : b->step;
	memcpy(buf, b->s->s + b->at, k);
	b->at += k;
	return (ssize_t)k;
}
