/* seal: bytes that prove themselves: a line that says what they are, the hash of all behind it, and that. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/hash.h"

struct str;

/* A line has 16 bytes, the last one a newline: what follows the head is aligned as numbers need it. */
#define SEAL_LINE 16
#define SEAL_HEAD ((size_t)(SEAL_LINE + HASH_SIZE))

/* Adds the line and room for the hash to what is empty; seal_close fills it in when all is added. */
void seal_begin(struct str *b, const char *line);
void seal_close(struct str *b);
/* Whether the bytes are whole and of the kind that the line names. */
bool seal_whole(const char *bytes, size_t len, const char *line);
