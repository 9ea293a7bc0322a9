/* hash: SHA-256 by libcrypto. Hex is lower case, 64 characters. */
#pragma once
#include <stddef.h>

#define HASH_SIZE ((size_t)32)
#define HASH_HEX (2 * HASH_SIZE + 1)

struct hash {
	unsigned char b[HASH_SIZE];
};

struct hasher; /* one running digest */

struct hasher *hasher_new(void);
void hasher_add(struct hasher *h, const void *p, size_t n);
struct hash hasher_end(struct hasher *h); /* and ready for the next */
void hasher_free(struct hasher *h);

struct hash hash_of(const void *p, size_t n);
/* Hashes from the descriptor's position to its end; -1 with errno. `size` may be NULL. */
int hash_fd(int fd, struct hash *out, unsigned long long *size);
const char *hash_hex(const struct hash *h, char hex[HASH_HEX]);
/* -1 unless `hex` is exactly 64 hex digits. */
int hash_parse(struct hash *h, const char *hex);
int hash_cmp(const struct hash *a, const struct hash *b);
/* The name that git gives to a file of these bytes (SHA-1): 40 hex digits. */
void hash_git_blob(const void *p, size_t n, char hex[41]);
