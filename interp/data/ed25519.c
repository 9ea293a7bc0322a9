#include "data/ed25519.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/err.h"

/* A key with a passphrase is refused rather than asked for. */
static int
no_passphrase(char *buf, int size, int writing, void *ctx)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)ctx;
	return -1;
}

static EVP_PKEY *
read_key(const char *pem, size_t n, const char *shown, int secret, struct err *err)
{
	BIO *in = BIO_new_mem_buf(pem, (int)n);
	EVP_PKEY *key = !in      ? NULL
			: secret ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL)
				 : PEM_read_bio_PUBKEY(in, NULL, no_passphrase, NULL);

	BIO_free(in);
	if (key && EVP_PKEY_get_id(key) == EVP_PKEY_ED25519)
		return key;
	err_set(err, "E1207", "`%s` is not %s ed25519 key in PEM", shown, secret ? "a private" : "a public");
	err_help(err, "%s",
		 secret ? "`openssl genpkey -algorithm ed25519 -out key.pem` makes one; a passphrase is not asked for"
			: "`openssl pkey -in key.pem -pubout` prints it");
	EVP_PKEY_free(key);
	return NULL;
}

static int
sign_with(EVP_PKEY *key, const void *text, size_t n, unsigned char sig[ED25519_SIGNATURE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t size = ED25519_SIGNATURE;
	int ok = ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
		 EVP_DigestSign(ctx, sig, &size, text, n) == 1 && size == ED25519_SIGNATURE;

	EVP_MD_CTX_free(ctx);
	return ok;
}

static int
made_with(EVP_PKEY *key, const void *text, size_t n, const unsigned char sig[ED25519_SIGNATURE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok = ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
		 EVP_DigestVerify(ctx, sig, ED25519_SIGNATURE, text, n) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}

int
ed25519_sign(const char *pem, size_t npem, const char *shown, const void *text, size_t n,
	     unsigned char sig[ED25519_SIGNATURE], struct err *err)
{
	EVP_PKEY *key = read_key(pem, npem, shown, 1, err);
	int ok = key && sign_with(key, text, n, sig);

	if (key && !ok)
		err_set(err, "E1207", "`%s` does not sign", shown);
	EVP_PKEY_free(key);
	return ok ? 0 : -1;
}

int
ed25519_verify(const char *pem, size_t npem, const char *shown, const void *text, size_t n,
	       const unsigned char sig[ED25519_SIGNATURE], struct err *err)
{
	EVP_PKEY *key = read_key(pem, npem, shown, 0, err);
	int ok = key && made_with(key, text, n, sig);

	EVP_PKEY_free(key);
	return key ? ok : -1;
}

/* -- by their bytes ----------------------------------------------------------------------------------------------- */
static int
raw(const char *pem, size_t npem, const char *shown, int secret, unsigned char out[ED25519_KEY], struct err *err)
{
	EVP_PKEY *key = read_key(pem, npem, shown, secret, err);
	size_t size = ED25519_KEY;
	int ok = key && (secret ? EVP_PKEY_get_raw_private_key(key, out, &size)
				: EVP_PKEY_get_raw_public_key(key, out, &size)) == 1;

	if (key && !ok)
		err_set(err, "E1207", "`%s` does not show its bytes", shown);
	EVP_PKEY_free(key);
	return ok ? 0 : -1;
}

int
ed25519_seed(const char *pem, size_t npem, const char *shown, unsigned char seed[ED25519_KEY], struct err *err)
{
	return raw(pem, npem, shown, 1, seed, err);
}

int
ed25519_point(const char *pem, size_t npem, const char *shown, unsigned char key[ED25519_KEY], struct err *err)
{
	return raw(pem, npem, shown, 0, key, err);
}

int
ed25519_public(const unsigned char seed[ED25519_KEY], unsigned char key[ED25519_KEY])
{
	EVP_PKEY *k = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, ED25519_KEY);
	size_t size = ED25519_KEY;
	int ok = k && EVP_PKEY_get_raw_public_key(k, key, &size) == 1;

	EVP_PKEY_free(k);
	return ok ? 0 : -1;
}

int
ed25519_make(const unsigned char seed[ED25519_KEY], const void *text, size_t n, unsigned char sig[ED25519_SIGNATURE])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, ED25519_KEY);
	int ok = key && sign_with(key, text, n, sig);

	EVP_PKEY_free(key);
	return ok ? 0 : -1;
}

int
ed25519_good(const unsigned char key[ED25519_KEY], const void *text, size_t n,
	     const unsigned char sig[ED25519_SIGNATURE])
{
	EVP_PKEY *k = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, ED25519_KEY);
	int ok = k && made_with(k, text, n, sig);

	EVP_PKEY_free(k);
	return ok;
}

static int
digest(const EVP_MD *md, const void *text, size_t n, unsigned char out[64])
{
	unsigned size = 64;

	return EVP_Digest(text, n, out, &size, md, NULL) == 1 && size == 64 ? 0 : -1;
}

int
ed25519_sha512(const void *text, size_t n, unsigned char out[64])
{
	return digest(EVP_sha512(), text, n, out);
}

int
ed25519_blake2b(const void *text, size_t n, unsigned char out[64])
{
	return digest(EVP_blake2b512(), text, n, out);
}
