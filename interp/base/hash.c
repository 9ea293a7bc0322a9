#include "base/hash.h"

/* The plain functions, from the static library: EVP would load the whole of libcrypto and its configuration
 * at every start, which costs more than the hashes of a plan. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

struct hasher {
	SHA256_CTX ctx;
};

struct hasher *
hasher_new(void)
{
	struct hasher *h = xcalloc(1, sizeof *h);

	SHA256_Init(&h->ctx);
	return h;
}

void
hasher_add(struct hasher *h, const void *p, size_t n)
{
	SHA256_Update(&h->ctx, p, n);
}

struct hash
hasher_end(struct hasher *h)
{
	struct hash out;

	SHA256_Final(out.b, &h->ctx);
	SHA256_Init(&h->ctx);
	return out;
}

void
hasher_free(struct hasher *h)
{
	free(h);
}

struct hash
hash_of(const void *p, size_t n)
{
	struct hasher h;

	SHA256_Init(&h.ctx);
	hasher_add(&h, p, n);
	return hasher_end(&h);
}

int
hash_fd(int fd, struct hash *out, unsigned long long *size)
{
	enum { CHUNK = 1 << 17 };
	cleanup_free char *buf = xmalloc(CHUNK);
	struct hasher *h = hasher_new();
	unsigned long long total = 0;
	ssize_t n;

	while ((n = read(fd, buf, CHUNK)) > 0 || (n < 0 && errno == EINTR)) {
		if (n < 0)
			continue;
		hasher_add(h, buf, (size_t)n);
		total += (unsigned long long)n;
	}
	*out = hasher_end(h);
	hasher_free(h);
	if (size)
		*size = total;
	return n < 0 ? -1 : 0;
}

const char *
hash_hex(const struct hash *h, char hex[HASH_HEX])
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < HASH_SIZE; i++) {
		hex[2 * i] = digit[h->b[i] >> 4];
		hex[2 * i + 1] = digit[h->b[i] & 15];
	}
	hex[2 * HASH_SIZE] = '\0';
	return hex;
}

/* What a digit is worth, plus 1; 0: none. */
static const unsigned char digit_value[256] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
	['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

int
hash_parse(struct hash *h, const char *hex)
{
	if (strlen(hex) != 2 * HASH_SIZE)
		return -1;
	for (size_t i = 0; i < HASH_SIZE; i++) {
		unsigned hi = digit_value[(unsigned char)hex[2 * i]], lo = digit_value[(unsigned char)hex[2 * i + 1]];

		if (!hi || !lo)
			return -1;
		h->b[i] = (unsigned char)((hi - 1) << 4 | (lo - 1));
	}
	return 0;
}

int
hash_cmp(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, HASH_SIZE);
}

void
hash_git_blob(const void *p, size_t n, char hex[41])
{
	unsigned char sum[20];
	char head[32];
	int len = snprintf(head, sizeof head, "blob %zu", n) + 1; /* with its NUL */
	SHA_CTX ctx;

	SHA1_Init(&ctx);
	SHA1_Update(&ctx, head, (size_t)len);
	SHA1_Update(&ctx, p, n);
	SHA1_Final(sum, &ctx);
	for (size_t i = 0; i < sizeof sum; i++)
		snprintf(hex + 2 * i, 3, "%02x", sum[i]);
}
