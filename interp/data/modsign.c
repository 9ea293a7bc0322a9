#include "data/modsign.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

#define MARK "~Module signature appended~\n"
enum { TRAILER = 12, TYPE_PKCS7 = 2, MANY = 256 };

static void
keep(struct modsign_keys *k, X509 *c)
{
	STACK_OF(X509) *list = k->certificates;

	if (!list)
		list = k->certificates = sk_X509_new_null();
	for (int i = 0; c && i < sk_X509_num(list); i++)
		if (!X509_cmp(sk_X509_value(list, i), c)) {
			X509_free(c);
			return;
		}
	if (c && list && sk_X509_push(list, c))
		k->n++;
	else
		X509_free(c);
}

int
modsign_add(struct modsign_keys *k, const void *p, size_t n, const char *shown, struct err *err)
{
	const unsigned char *at = p;
	X509 *c = d2i_X509(NULL, &at, (long)n);

	if (!c) {
		BIO *in = BIO_new_mem_buf(p, (int)n);

		c = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
		BIO_free(in);
	}
	ERR_clear_error();
	if (!c) {
		err_set(err, "E0714", "`%s` is not a certificate", shown);
		return err_help(err, "a kernel's build leaves its own in certs/signing_key.x509");
	}
	keep(k, c);
	return 0;
}

/* A certificate begins as a sequence with a length of two bytes, in it another one, in that its version. */
size_t
modsign_scan(struct modsign_keys *k, const void *image, size_t n)
{
	static const unsigned char version[] = {0xa0, 3, 2, 1, 2};
	const unsigned char *p = image, *end = p + n;
	size_t had = k->n;

	while ((size_t)(end - p) > 13 + sizeof version && k->n < had + MANY &&
	       (p = memmem(p, (size_t)(end - p), version, sizeof version))) {
		const unsigned char *begin = p - 8, *at = begin;
		size_t size;

		p += sizeof version;
		if (begin < (const unsigned char *)image || memcmp(begin, "\x30\x82", 2) ||
		    memcmp(begin + 4, "\x30\x82", 2))
			continue;
		size = 4 + ((size_t)begin[2] << 8 | begin[3]);
		if (size <= (size_t)(end - begin))
			keep(k, d2i_X509(NULL, &at, (long)size));
	}
	ERR_clear_error();
	return k->n - had;
}

void
modsign_free(struct modsign_keys *k)
{
	if (k->certificates)
		sk_X509_pop_free(k->certificates, X509_free);
	*k = (struct modsign_keys){0};
}

/* The signature is in front of its description, and that in front of the mark at the end. */
static int
find_signature(const unsigned char *p, size_t n, size_t *content, size_t *size, unsigned *type)
{
	size_t mark = sizeof MARK - 1;
	const unsigned char *d;

	if (n < mark + TRAILER || memcmp(p + n - mark, MARK, mark))
		return -1;
	d = p + n - mark - TRAILER;
	*size = (size_t)d[8] << 24 | (size_t)d[9] << 16 | (size_t)d[10] << 8 | d[11];
	*type = d[2];
	*content = n - mark - TRAILER < *size ? 0 : n - mark - TRAILER - *size;
	return 0;
}

/* What the signature says of its key: its id, or the issuer of its certificate and the number there. */
static const char *
name_of(CMS_ContentInfo *cms, struct arena *a)
{
	STACK_OF(CMS_SignerInfo) *list = CMS_get0_SignerInfos(cms);
	CMS_SignerInfo *si = list && sk_CMS_SignerInfo_num(list) ? sk_CMS_SignerInfo_value(list, 0) : NULL;
	ASN1_OCTET_STRING *id = NULL;
	ASN1_INTEGER *number = NULL;
	X509_NAME *issuer = NULL;
	char text[128] = "";
	const unsigned char *hex;
	char *out;
	int n;

	if (!si || CMS_SignerInfo_get0_signer_id(si, &id, &issuer, &number) != 1)
		return "nobody";
	if (issuer)
		X509_NAME_get_text_by_NID(issuer, NID_commonName, text, sizeof text);
	hex = ASN1_STRING_get0_data(id ? id : number);
	n = ASN1_STRING_length(id ? id : number);
	out = arena_alloc(a, strlen(text) + 2 * (size_t)n + 8);
	strcpy(out, text);
	strcat(out, *text ? " " : "");
	for (int i = 0; i < n; i++)
		sprintf(out + strlen(out), "%02x", hex[i]);
	return out;
}

/* A certificate that the signature brings along proves nothing by itself: the kernel must have it, or the key that
 * issued it. */
static bool
is_known(const struct modsign_keys *k, X509 *c)
{
	STACK_OF(X509) *list = k->certificates;

	for (int i = 0; i < sk_X509_num(list); i++) {
		X509 *own = sk_X509_value(list, i);

		if (!X509_cmp(own, c) || X509_verify(c, X509_get0_pubkey(own)) == 1)
			return true;
	}
	return false;
}

static bool
all_known(const struct modsign_keys *k, CMS_ContentInfo *cms)
{
	STACK_OF(X509) *signers = CMS_get0_signers(cms);
	int n = sk_X509_num(signers), i = 0;

	while (i < n && is_known(k, sk_X509_value(signers, i)))
		i++;
	sk_X509_free(signers);
	return n > 0 && i == n;
}

static enum modsign
verify(const struct modsign_keys *k, CMS_ContentInfo *cms, const void *p, size_t n)
{
	const unsigned flags = CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY;
	BIO *content = BIO_new_mem_buf(p, (int)n);
	enum modsign r = SIGN_BROKEN;

	ERR_clear_error();
	if (content && CMS_verify(cms, k->certificates, NULL, content, NULL, flags) == 1)
		r = all_known(k, cms) ? SIGN_GOOD : SIGN_FOREIGN;
	else if (ERR_GET_REASON(ERR_peek_error()) == CMS_R_SIGNER_CERTIFICATE_NOT_FOUND)
		r = SIGN_FOREIGN;
	BIO_free(content);
	ERR_clear_error();
	return r;
}

enum modsign
modsign_verify(const struct modsign_keys *k, const void *p, size_t n, struct arena *a, const char **signer)
{
	size_t content, size;
	enum modsign r = SIGN_BROKEN;
	const unsigned char *at;
	CMS_ContentInfo *cms;
	unsigned type;

	*signer = "nobody";
	if (find_signature(p, n, &content, &size, &type))
		return SIGN_NONE;
	at = (const unsigned char *)p + content;
	cms = type == TYPE_PKCS7 && content ? d2i_CMS_ContentInfo(NULL, &at, (long)size) : NULL;
	if (cms) {
		r = verify(k, cms, p, content);
		*signer = name_of(cms, a);
	}
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return r;
}
