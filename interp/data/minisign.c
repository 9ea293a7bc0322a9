#include "data/minisign.h"

#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "data/base64.h"

#define WRONG "E1203"
#define NO_KEY "E1207"
#define UNTRUSTED "untrusted comment: "
#define TRUSTED "trusted comment: "

enum { ALGORITHM = 2, SECRET = 158, SECRET_ID = 54, SECRET_KEY = 62, COMMENT_MAX = 8192 };

struct line {
	const char *s;
	size_t n;
};

/* The next line, without its end. */
static struct line
next_line(const char **at, const char *end)
{
	const char *nl = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;
	struct line l = {*at, (size_t)((nl ? nl : end) - *at)};

	*at = nl ? nl + 1 : end;
	if (l.n && l.s[l.n - 1] == '\r')
		l.n--;
	return l;
}

static bool
begins(const struct line *l, const char *with)
{
	return l->n >= strlen(with) && !memcmp(l->s, with, strlen(with));
}

/* -- keys ------------------------------------------------------------------------------------------------------------
 */
int
minisign_public(const char *s, size_t n, struct minisign_key *out)
{
	unsigned char b[ALGORITHM + sizeof *out];

	if (base64_read(s, n, b, sizeof b) != sizeof b || memcmp(b, "Ed", ALGORITHM) != 0)
		return -1;
	memcpy(out->id, b + ALGORITHM, sizeof out->id);
	memcpy(out->key, b + ALGORITHM + MINISIGN_ID, sizeof out->key);
	return 0;
}

void
minisign_shown(const struct minisign_key *public, char out[MINISIGN_PUBLIC])
{
	unsigned char b[ALGORITHM + sizeof *public] = "Ed";
	cleanup_str struct str text = {0};

	memcpy(b + ALGORITHM, public->id, MINISIGN_ID);
	memcpy(b + ALGORITHM + MINISIGN_ID, public->key, ED25519_KEY);
	base64_add(&text, b, sizeof b);
	memcpy(out, str_text(&text), MINISIGN_PUBLIC);
}

void
minisign_name(const unsigned char public[ED25519_KEY], unsigned char id[MINISIGN_ID])
{
	struct hash h = hash_of(public, ED25519_KEY);

	memcpy(id, h.b, MINISIGN_ID);
}

int
minisign_secret(const char *text, size_t n, const char *shown, struct minisign_key *out, struct err *err)
{
	const char *at = text, *end = text + n;
	struct line comment = next_line(&at, end), key = next_line(&at, end);
	unsigned char b[SECRET], half[ED25519_KEY];
	ssize_t size = base64_read(key.s, key.n, b, sizeof b);
	int r = 0;

	if (!begins(&comment, UNTRUSTED) || size != SECRET || memcmp(b, "Ed", ALGORITHM) != 0)
		r = err_set(err, NO_KEY, "`%s` is not a secret key of minisign", shown);
	else if (b[2] || b[3]) {
		r = err_set(err, NO_KEY, "the secret key `%s` has a password, which jkr does not ask for", shown);
		err_help(err,
			 "`jkr sign DIR` alone writes jkr.content, and `minisign -Sm DIR/jkr.content -s %s` signs that",
			 shown);
	} else {
		memcpy(out->id, b + SECRET_ID, MINISIGN_ID);
		memcpy(out->key, b + SECRET_KEY, ED25519_KEY);
		if (ed25519_public(out->key, half) || memcmp(half, b + SECRET_KEY + ED25519_KEY, ED25519_KEY) != 0)
			r = err_set(err, NO_KEY, "the secret key `%s` is damaged", shown);
	}
	explicit_bzero(b, sizeof b);
	return r;
}

/* -- signatures
 * -------------------------------------------------------------------------------------------------------- */
/* The second signature is of the first with the comment. */
static size_t
signed_comment(const unsigned char sig[ED25519_SIGNATURE], const char *comment, size_t n, struct str *out)
{
	str_addn(out, (const char *)sig, ED25519_SIGNATURE);
	str_addn(out, comment, n);
	return out->len;
}

int
minisign_make(const struct minisign_key *secret, const void *text, size_t n, const char *comment, struct str *out)
{
	unsigned char b[ALGORITHM + MINISIGN_ID + ED25519_SIGNATURE] = "ED", second[ED25519_SIGNATURE], hash[64];
	unsigned char *sig = b + ALGORITHM + MINISIGN_ID;
	cleanup_str struct str both = {0};

	memcpy(b + ALGORITHM, secret->id, MINISIGN_ID);
	if (ed25519_blake2b(text, n, hash) || ed25519_make(secret->key, hash, sizeof hash, sig))
		return -1;
	signed_comment(sig, comment, strlen(comment), &both);
	if (ed25519_make(secret->key, both.s, both.len, second))
		return -1;
	str_add(out, UNTRUSTED "signature by jkr\n");
	base64_add(out, b, sizeof b);
	str_addf(out, "\n" TRUSTED "%s\n", comment);
	base64_add(out, second, sizeof second);
	str_addc(out, '\n');
	return 0;
}

struct signature {
	bool hashed;
	unsigned char id[MINISIGN_ID], first[ED25519_SIGNATURE], second[ED25519_SIGNATURE];
	struct line comment;
};

static int
read_signature(const char *text, size_t n, struct signature *out)
{
	const char *at = text, *end = text + n;
	unsigned char b[ALGORITHM + MINISIGN_ID + ED25519_SIGNATURE];
	struct line l = next_line(&at, end);

	if (!begins(&l, UNTRUSTED))
		return -1;
	l = next_line(&at, end);
	if (base64_read(l.s, l.n, b, sizeof b) != sizeof b || b[0] != 'E' || (b[1] != 'D' && b[1] != 'd'))
		return -1;
	out->hashed = b[1] == 'D';
	memcpy(out->id, b + ALGORITHM, MINISIGN_ID);
	memcpy(out->first, b + ALGORITHM + MINISIGN_ID, ED25519_SIGNATURE);
	l = next_line(&at, end);
	if (!begins(&l, TRUSTED) || l.n > COMMENT_MAX)
		return -1;
	out->comment = (struct line){l.s + strlen(TRUSTED), l.n - strlen(TRUSTED)};
	l = next_line(&at, end);
	return base64_read(l.s, l.n, out->second, sizeof out->second) == ED25519_SIGNATURE && at == end ? 0 : -1;
}

int
minisign_check(const struct minisign_key *public, const char *sig, size_t nsig, const char *shown, const void *text,
	       size_t n, struct err *err)
{
	cleanup_str struct str both = {0};
	struct signature s;
	unsigned char hash[64];

	if (read_signature(sig, nsig, &s))
		return err_set(err, WRONG, "`%s` is no signature in minisign's form", shown);
	if (memcmp(s.id, public->id, MINISIGN_ID) != 0)
		return 0;
	if (s.hashed && ed25519_blake2b(text, n, hash))
		return err_set(err, WRONG, "libcrypto here has no BLAKE2b, which `%s` needs", shown);
	if (!ed25519_good(public->key, s.hashed ? hash : text, s.hashed ? sizeof hash : n, s.first))
		return err_set(err, WRONG, "`%s` was made for another text, or is not of the key that it names", shown);
	signed_comment(s.first, s.comment.s, s.comment.n, &both);
	if (!ed25519_good(public->key, both.s, both.len, s.second))
		return err_set(err, WRONG, "the trusted comment of `%s` was changed", shown);
	return 1;
}
