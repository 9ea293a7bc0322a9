#include "base/hash.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

struct hasher {
	EVP_MD_CTX *ctx;
};

/* Fetching costs more than hashing a small text; libcrypto keeps the method for the process. */
static const EVP_MD *
sha256(void)
{
	static EVP_MD *md;

	if (!md)
		md = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!md)
		abort();
	return md;
}

struct hasher *
hasher_new(void)
{
	struct hasher *h = xcalloc(1, sizeof *h);

	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx || !EVP_DigestInit_ex2(h->ctx, sha256(), NULL))
		abort();
	return h;
}

void
hasher_add(struct hasher *h, const void *p, size_t n)
{
	if (n && !EVP_DigestUpdate(h->ctx, p, n))
		abort();
}

struct hash
hasher_end(struct hasher *h)
{
	struct hash out;

	if (!EVP_DigestFinal_ex(h->ctx, out.b, NULL) || !EVP_DigestInit_ex2(h->ctx, sha256(), NULL))
		abort();
	return out;
}

void
hasher_free(struct hasher *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

struct hash
hash_of(const void *p, size_t n)
{
	struct hasher *h = hasher_new();
	struct hash out;

	hasher_add(h, p, n);
	out = hasher_end(h);
	hasher_free(h);
	return out;
}

int
hash_fd(int fd, struct hash *out, unsigned long long *size)
{
	enum { CHUNK = 1 << 17 };
	cleanup_free char *buf = xmalloc(CHUNK);
	struct hasher *h = hasher_new();
	unsigned long long total = 0;
	ssize_t n;

	while ((n = read(fd, buf, CHUNK)) > 0) {
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

	for (int i = 0; i < HASH_SIZE; i++) {
		hex[2 * i] = digit[h->b[i] >> 4];
		hex[2 * i + 1] = digit[h->b[i] & 15];
	}
	hex[2 * HASH_SIZE] = '\0';
	return hex;
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int
hash_parse(struct hash *h, const char *hex)
{
	if (strlen(hex) != 2 * HASH_SIZE)
		return -1;
	for (int i = 0; i < HASH_SIZE; i++) {
		int hi = nibble(hex[2 * i]), lo = nibble(hex[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return -1;
		h->b[i] = (unsigned char)(hi << 4 | lo);
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
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char sum[20];
	char head[32];
	int len = snprintf(head, sizeof head, "blob %zu", n) + 1; /* with its NUL */

	if (!ctx || !EVP_DigestInit_ex(ctx, EVP_sha1(), NULL) || !EVP_DigestUpdate(ctx, head, (size_t)len) ||
	    (n && !EVP_DigestUpdate(ctx, p, n)) || !EVP_DigestFinal_ex(ctx, sum, NULL))
		abort();
	EVP_MD_CTX_free(ctx);
	for (size_t i = 0; i < sizeof sum; i++)
		snprintf(hex + 2 * i, 3, "%02x", sum[i]);
}
