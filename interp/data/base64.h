/* base64: bytes as letters, with padding and nothing between them. */
#pragma once
#include <stddef.h>
#include <sys/types.h>

struct str;

void base64_add(struct str *out, const void *p, size_t n);
/* Gives how many bytes, -1 when it is no base64 or more than `max`. */
ssize_t base64_read(const char *s, size_t n, unsigned char *out, size_t max);
