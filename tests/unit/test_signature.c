/* Signatures in minisign's form and of ssh keys: what is made is taken, and nothing that differs from it by one bit. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/base64.h"
#include "data/trusted.h"

#define TEXT "jkr content 1\ntree:00\n"
#define TOKEN "sk-ssh-ed25519@openssh.com"

static const unsigned char seed[ED25519_KEY] = "a seed that everybody may know!";

static bool
taken(const struct trusted_key *k, const char *text, const struct str *mini, const struct str *ssh)
{
	cleanup_arena struct arena a = {0};
	const struct signed_by s = {.name = "t",
				    .text = text,
				    .n = strlen(text),
				    .minisig = mini ? mini->s : NULL,
				    .nminisig = mini ? mini->len : 0,
				    .sshsig = ssh ? ssh->s : NULL,
				    .nsshsig = ssh ? ssh->len : 0};
	struct err err = {0};
	bool r = trusted_check(k, 1, &s, &a, &err);

	assert_int_equal(err_any(&err), !r);
	err_free(&err);
	return r;
}

static void
base64(void **state)
{
	static const char *const wrong[] = {
		"A", "AA", "AAA", "A===", "AB==", "AAB=", "A=AA", "AA=A", "A A=", "AA==AAAA"};
	unsigned char b[8];

	(void)state;
	for (size_t n = 0; n < sizeof b; n++) {
		cleanup_str struct str s = {0};

		base64_add(&s, seed, n);
		assert_int_equal(base64_read(str_text(&s), s.len, b, sizeof b), n);
		assert_memory_equal(b, seed, n);
		if (n)
			assert_int_equal(base64_read(s.s, s.len, b, n - 1), -1);
	}
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(base64_read(wrong[i], strlen(wrong[i]), b, sizeof b), -1);
}

static void
minisign(void **state)
{
	cleanup_arena struct arena a = {0};
	cleanup_str struct str sig = {0};
	struct minisign_key secret = {.id = "12345678"}, public = secret;
	char shown[MINISIGN_PUBLIC];
	struct trusted_key k;
	struct err err = {0};
	size_t n;

	(void)state;
	memcpy(secret.key, seed, sizeof seed);
	assert_int_equal(ed25519_public(seed, public.key), 0);
	minisign_shown(&public, shown);
	assert_int_equal(trusted_parse(shown, &a, &k, &err), 0);
	assert_int_equal(minisign_make(&secret, TEXT, strlen(TEXT), "comment", &sig), 0);
	assert_true(taken(&k, TEXT, &sig, NULL));
	assert_false(taken(&k, TEXT "x", &sig, NULL));
	n = (size_t)(strchr(sig.s, '\n') - sig.s) + 1;
	for (size_t i = n; i < sig.len - 1; i++) /* the first line is said to be untrusted */
		for (int bit = 0; bit < 8; bit++) {
			sig.s[i] = (char)(sig.s[i] ^ 1 << bit);
			assert_false(taken(&k, TEXT, &sig, NULL));
			sig.s[i] = (char)(sig.s[i] ^ 1 << bit);
		}
	for (sig.len--; sig.len--;)
		assert_false(taken(&k, TEXT, &sig, NULL));
}

/* -- what ssh-keygen makes ----------------------------------------------------------------------------------------- */
static void
put(struct str *out, const void *p, size_t n)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		str_addc(out, (char)(n >> shift));
	str_addn(out, p, n);
}

struct maker {
	const char *kind, *application, *space, *hash;
	unsigned char flags;
};

static void
key_blob(const struct maker *m, struct str *out)
{
	unsigned char public[ED25519_KEY];

	assert_int_equal(ed25519_public(seed, public), 0);
	put(out, m->kind, strlen(m->kind));
	put(out, public, sizeof public);
	if (m->application)
		put(out, m->application, strlen(m->application));
}

static void
head(const struct maker *m, struct str *out)
{
	put(out, m->space, strlen(m->space));
	put(out, "", 0);
	put(out, m->hash, strlen(m->hash));
}

static void
sign(const struct maker *m, struct str *out)
{
	unsigned char counter[5] = {m->flags, 0, 0, 0, 7}, sig[ED25519_SIGNATURE], wide[64];
	struct hash h = hash_of(TEXT, strlen(TEXT));
	cleanup_str struct str said = {0}, token = {0};

	str_add(&said, "SSHSIG");
	head(m, &said);
	assert_int_equal(ed25519_sha512(TEXT, strlen(TEXT), wide), 0);
	if (!strcmp(m->hash, "sha512"))
		put(&said, wide, sizeof wide);
	else
		put(&said, h.b, HASH_SIZE);
	if (m->application) {
		h = hash_of(m->application, strlen(m->application));
		str_addn(&token, (const char *)h.b, HASH_SIZE);
		str_addn(&token, (const char *)counter, sizeof counter);
		h = hash_of(said.s, said.len);
		str_addn(&token, (const char *)h.b, HASH_SIZE);
	}
	ed25519_make(seed, m->application ? token.s : said.s, m->application ? token.len : said.len, sig);
	put(out, m->kind, strlen(m->kind));
	put(out, sig, sizeof sig);
	if (m->application)
		str_addn(out, (const char *)counter, sizeof counter);
}

static void
blob(const struct maker *m, struct str *out)
{
	cleanup_str struct str key = {0}, sig = {0};

	key_blob(m, &key);
	sign(m, &sig);
	str_addn(out, "SSHSIG\0\0\0\1", 10);
	put(out, key.s, key.len);
	head(m, out);
	put(out, sig.s, sig.len);
}

static void
armour(const struct str *b, struct str *out)
{
	str_add(out, "-----BEGIN SSH SIGNATURE-----\n");
	base64_add(out, b->s, b->len);
	str_add(out, "\n-----END SSH SIGNATURE-----\n");
}

static bool
ssh_taken(const struct trusted_key *k, const struct str *b)
{
	cleanup_str struct str text = {0};

	armour(b, &text);
	return taken(k, TEXT, NULL, &text);
}

static void
key_of(const struct maker *m, struct arena *a, struct trusted_key *k)
{
	cleanup_str struct str key = {0}, line = {0};
	struct err err = {0};

	key_blob(m, &key);
	str_addf(&line, "%s ", m->kind);
	base64_add(&line, key.s, key.len);
	str_add(&line, " who");
	assert_int_equal(trusted_parse(arena_strdup(a, line.s), a, k, &err), 0);
}

static void
ssh(void **state)
{
	static const struct maker makers[] = {{"ssh-ed25519", NULL, "jkr", "sha512", 0},
					      {"ssh-ed25519", NULL, "jkr", "sha256", 0},
					      {TOKEN, "ssh:", "jkr", "sha512", 1}};
	cleanup_arena struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
		cleanup_str struct str b = {0};
		struct trusted_key k;

		key_of(&makers[i], &a, &k);
		blob(&makers[i], &b);
		assert_true(ssh_taken(&k, &b));
		for (size_t at = 0; at < b.len; at++)
			for (int bit = 0; bit < 8; bit++) {
				b.s[at] = (char)(b.s[at] ^ 1 << bit);
				assert_false(ssh_taken(&k, &b));
				b.s[at] = (char)(b.s[at] ^ 1 << bit);
			}
		while (b.len--)
			assert_false(ssh_taken(&k, &b));
	}
}

/* Another namespace, a hash that is none, a token that nobody touched, a key that is another. */
static void
refused(void **state)
{
	static const struct maker makers[] = {{"ssh-ed25519", NULL, "file", "sha512", 0},
					      {"ssh-ed25519", NULL, "jkr", "md5", 0},
					      {TOKEN, "ssh:", "jkr", "sha512", 0}},
				  plain = {"ssh-ed25519", NULL, "jkr", "sha512", 0},
				  token = {TOKEN, "ssh:", "jkr", "sha512", 1},
				  other = {TOKEN, "ssh:x", "jkr", "sha512", 1};
	cleanup_arena struct arena a = {0};
	cleanup_str struct str b = {0};
	struct trusted_key k;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
		str_reset(&b);
		key_of(&makers[i], &a, &k);
		blob(&makers[i], &b);
		assert_false(ssh_taken(&k, &b));
	}
	str_reset(&b);
	blob(&token, &b);
	key_of(&plain, &a, &k);
	assert_false(ssh_taken(&k, &b));
	key_of(&other, &a, &k);
	assert_false(ssh_taken(&k, &b));
	key_of(&token, &a, &k);
	assert_true(ssh_taken(&k, &b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64),
		cmocka_unit_test(minisign),
		cmocka_unit_test(ssh),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
