#include "data/sshsig.h"

#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/base64.h"

#define WRONG "E1203"
#define BEGIN "-----BEGIN SSH SIGNATURE-----"
#define END "-----END SSH SIGNATURE-----"
#define MAGIC "SSHSIG"
#define PLAIN "ssh-ed25519"
#define TOKEN "sk-ssh-ed25519@openssh.com"

enum { BLOB_MAX = 16 << 10, PRESENT = 1 };

/* -- the wire form of ssh: a length, then so many bytes
 * ------------------------------------------------------------------ */
struct blob {
	const unsigned char *p, *end;
	bool bad;
};

static uint32_t
take_u32(struct blob *b)
{
	uint32_t v = 0;

	if (b->bad || b->end - b->p < 4) {
		b->bad = true;
		return 0;
	}
	for (int i = 0; i < 4; i++)
		v = v << 8 | *b->p++;
	return v;
}

static struct blob
take(struct blob *b)
{
	uint32_t n = take_u32(b);
	struct blob part = {b->p, b->p, false};

	if (b->bad || n > (size_t)(b->end - b->p)) {
		b->bad = true;
		part.bad = true;
		return part;
	}
	part.end = b->p += n;
	return part;
}

static bool
is(const struct blob *b, const char *text)
{
	return !b->bad && (size_t)(b->end - b->p) == strlen(text) && !memcmp(b->p, text, strlen(text));
}

static void
put(struct str *out, const void *p, size_t n)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		str_addc(out, (char)(n >> shift));
	str_addn(out, p, n);
}

/* -- keys
 * ------------------------------------------------------------------------------------------------------------------ */
static int
read_key(struct blob b, struct arena *a, struct ssh_key *out)
{
	struct blob kind = take(&b), key = take(&b), application = {0};
	bool token = is(&kind, TOKEN);

	if ((!token && !is(&kind, PLAIN)) || key.bad || key.end - key.p != ED25519_KEY)
		return -1;
	memcpy(out->key, key.p, ED25519_KEY);
	out->application = NULL;
	if (token) {
		application = take(&b);
		if (application.bad || memchr(application.p, 0, (size_t)(application.end - application.p)))
			return -1;
		out->application =
			arena_strndup(a, (const char *)application.p, (size_t)(application.end - application.p));
	}
	return b.bad || b.p != b.end ? -1 : 0;
}

int
ssh_key_parse(const char *line, struct arena *a, struct ssh_key *out)
{
	size_t kind = strcspn(line, " ");
	const char *letters = line + kind + strspn(line + kind, " ");
	size_t n = strcspn(letters, " \n");
	unsigned char b[1024];
	ssize_t len = base64_read(letters, n, b, sizeof b);
	bool named = !strncmp(line, PLAIN " ", strlen(PLAIN) + 1) || !strncmp(line, TOKEN " ", strlen(TOKEN) + 1);

	if (!named || len < 0 || read_key((struct blob){b, b + len, false}, a, out))
		return -1;
	return !strncmp(line, TOKEN, strlen(TOKEN)) == !!out->application ? 0 : -1;
}

bool
ssh_key_is(const struct ssh_key *x, const struct ssh_key *y)
{
	return !memcmp(x->key, y->key, ED25519_KEY) && !x->application == !y->application &&
	       (!x->application || !strcmp(x->application, y->application));
}

/* -- signatures
 * -------------------------------------------------------------------------------------------------------------- */
/* The bytes between the two lines. */
static ssize_t
unarmour(const char *text, size_t n, unsigned char *out, size_t max)
{
	cleanup_str struct str letters = {0};
	const char *end;

	if (n < strlen(BEGIN) || memcmp(text, BEGIN, strlen(BEGIN)) != 0)
		return -1;
	text += strlen(BEGIN), n -= strlen(BEGIN);
	end = memmem(text, n, END, strlen(END));
	if (!end)
		return -1;
	for (const char *p = text; p < end; p++)
		if (*p != '\n' && *p != '\r')
			str_addc(&letters, *p);
	for (const char *p = end + strlen(END); p < text + n; p++)
		if (*p != '\n' && *p != '\r')
			return -1;
	return base64_read(str_text(&letters), letters.len, out, max);
}

struct parts {
	struct blob key, space, reserved, hash, sig;
};

static int
read_parts(struct blob b, struct parts *out)
{
	if ((size_t)(b.end - b.p) < strlen(MAGIC) || memcmp(b.p, MAGIC, strlen(MAGIC)) != 0)
		return -1;
	b.p += strlen(MAGIC);
	if (take_u32(&b) != 1)
		return -1;
	out->key = take(&b);
	out->space = take(&b);
	out->reserved = take(&b);
	out->hash = take(&b);
	out->sig = take(&b);
	return b.bad || b.p != b.end ? -1 : 0;
}

/* What was signed: a text of its own, which holds the hash of ours. */
static int
signed_text(const struct parts *p, const void *text, size_t n, struct str *out)
{
	struct hash h = hash_of(text, n);
	unsigned char wide[64];

	str_add(out, MAGIC);
	put(out, p->space.p, (size_t)(p->space.end - p->space.p));
	put(out, p->reserved.p, (size_t)(p->reserved.end - p->reserved.p));
	put(out, p->hash.p, (size_t)(p->hash.end - p->hash.p));
	if (is(&p->hash, "sha256"))
		put(out, h.b, HASH_SIZE);
	else if (is(&p->hash, "sha512") && !ed25519_sha512(text, n, wide))
		put(out, wide, sizeof wide);
	else
		return -1;
	return 0;
}

/* A token signs what it was asked for, that somebody touched it, and a counter. */
static int
of_token(const struct ssh_key *key, struct blob *sig, const struct str *said, struct str *out)
{
	struct hash app = hash_of(key->application, strlen(key->application)), h = hash_of(said->s, said->len);

	if (sig->end - sig->p != 5 || !(sig->p[0] & PRESENT))
		return -1;
	str_addn(out, (const char *)app.b, HASH_SIZE);
	str_addn(out, (const char *)sig->p, 5);
	str_addn(out, (const char *)h.b, HASH_SIZE);
	return 0;
}

/* Whether the signature is of what is said: 1, 0, -1 it is none. */
static int
made_for(const struct ssh_key *key, struct blob sig, const struct str *said)
{
	cleanup_str struct str token = {0};
	struct blob kind = take(&sig), bytes = take(&sig);

	if (!is(&kind, key->application ? TOKEN : PLAIN) || bytes.bad || bytes.end - bytes.p != ED25519_SIGNATURE)
		return -1;
	if (key->application && of_token(key, &sig, said, &token))
		return -1;
	if (!key->application && sig.p != sig.end)
		return -1;
	said = key->application ? &token : said;
	return ed25519_good(key->key, said->s, said->len, bytes.p);
}

static int
fail_kind(struct blob key, const char *shown, struct err *err)
{
	struct blob kind = take(&key);
	cleanup_str struct str name = {0};

	str_add_safe(&name, (const char *)kind.p, kind.bad ? 0 : (size_t)(kind.end - kind.p));
	err_set(err, WRONG, "`%s` was made with a key of the kind `%s`", shown, str_text(&name));
	return err_help(err, "ed25519 keys are taken, also those of a token: `ssh-keygen -t ed25519` makes one");
}

int
sshsig_check(const char *sig, size_t nsig, const char *shown, const char *space, const void *text, size_t n,
	     struct arena *a, struct ssh_key *by, struct err *err)
{
	cleanup_free unsigned char *b = xmalloc(BLOB_MAX);
	ssize_t len = unarmour(sig, nsig, b, BLOB_MAX);
	cleanup_str struct str said = {0};
	struct parts p;
	int good;

	if (len < 0 || read_parts((struct blob){b, b + len, false}, &p))
		return err_set(err, WRONG, "`%s` is no signature of ssh-keygen's", shown);
	if (read_key(p.key, a, by))
		return fail_kind(p.key, shown, err);
	if (!is(&p.space, space)) {
		err_set(err, WRONG, "`%s` was not made for jkr", shown);
		return err_help(err, "`ssh-keygen -Y sign -n %s -f KEY FILE` makes one", space);
	}
	good = signed_text(&p, text, n, &said) ? -1 : made_for(by, p.sig, &said);
	if (good > 0)
		return 0;
	return err_set(err, WRONG, good < 0 ? "`%s` is no signature of ssh-keygen's" : "`%s` was made for another text",
		       shown);
}
