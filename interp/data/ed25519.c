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

int
ed25519_sign(const char *pem, size_t npem, const char *shown, const void *text, size_t n,
	     unsigned char sig[ED25519_SIGNATURE], struct err *err)
{
	EVP_PKEY *key = read_key(pem, npem, shown, 1, err);
	EVP_MD_CTX *ctx = key ? EVP_MD_CTX_new() : NULL;
	size_t size = ED25519_SIGNATURE;
	int ok = ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
		 EVP_DigestSign(ctx, sig, &size, text, n) == 1 && size == ED25519_SIGNATURE;

	if (key && !ok)
		err_set(err, "E1207", "`%s` does not sign", shown);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok ? 0 : -1;
}

int
ed25519_verify(const char *pem, size_t npem, const char *shown, const void *text, size_t n,
	       const unsigned char sig[ED25519_SIGNATURE], struct err *err)
{
	EVP_PKEY *key = read_key(pem, npem, shown, 0, err);
	EVP_MD_CTX *ctx = key ? EVP_MD_CTX_new() : NULL;
	int ok = ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
		 EVP_DigestVerify(ctx, sig, ED25519_SIGNATURE, text, n) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return key ? ok : -1;
}
