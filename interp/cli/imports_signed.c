/* Imports that a trusted key signed: who and what is known before anything is laid out. */
#include <string.h>

#include "cli/content.h"
#include "cli/imports_own.h"
#include "data/git.h"
#include "os/url.h"

static int
read_texts(struct session *s, const struct import *m, const struct mirror *mirror, void *out, struct err *err)
{
	content_texts_free(out);
	memset(out, 0, sizeof(struct content_texts));
	if (use_address_is_oci(&m->at))
		return imports_oci_texts(s, m, mirror->dir, out, err);
	return content_texts(mirror->dir, GIT_MIRROR, m->commit, out, err);
}

/* The three texts, each with its length in front: kept in the store, so that a load need not open the mirror. What is
 * kept is proved each time. */
static void
pack(const struct content_texts *t, struct str *out)
{
	const struct str *const v[] = {&t->text, &t->minisig, &t->sshsig};

	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		str_addf(out, "%zu\n", v[i]->len);
		str_addn(out, v[i]->s, v[i]->len);
	}
}

static bool
unpack(const struct str *bytes, struct content_texts *t)
{
	struct str *const v[] = {&t->text, &t->minisig, &t->sshsig};
	const char *p = str_text(bytes), *end = p + bytes->len;

	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		char *rest;
		unsigned long n = strtoul(p, &rest, 10);

		if (*rest != '\n' || n > (size_t)(end - rest - 1))
			return false;
		str_addn(v[i], rest + 1, n);
		p = rest + 1 + n;
	}
	return p == end;
}

static int
get_texts(struct session *s, const struct import *m, struct content_texts *t, struct err *err)
{
	cleanup_free char *name = xasprintf("signature of %s\n%s\n", m->at.url, m->commit);
	struct hash id = hash_of(name, strlen(name));
	cleanup_str struct str kept = {0};

	if (store_recall(s->store, &id, &kept) && unpack(&kept, t))
		return 0;
	if (imports_in_mirror(s, m, read_texts, t, err) < 0)
		return -1;
	str_reset(&kept);
	pack(t, &kept);
	store_remember(s->store, &id, &kept, false);
	return 0;
}

int
imports_fail_signed(struct session *s, const struct import *m, const char *want, const char *got, struct err *err)
{
	cleanup_free char *shown = url_shown(m->at.url);

	err_set(err, "E0922", "%s of `%s` does not hold what was signed", imports_what(s, m), shown);
	return err_help(err, "signed is tree:%.12s…, the %s holds tree:%.12s…: something was changed after `jkr sign`",
			want, use_address_is_oci(&m->at) ? "artifact" : "commit", got);
}

int
imports_signed(struct session *s, const struct import *m, char tree[HASH_HEX], struct err *err)
{
	cleanup_free char *shown = url_shown(m->at.url);
	struct content_texts t = {0};
	struct trusted_key *v;
	struct err own = {0};
	size_t n = s->cli->trusted_keys.n;
	int r;

	*tree = '\0';
	if (!n)
		return 0;
	if (trusted_parse_all(s->cli->trusted_keys.v, n, &s->arena, &v, err) || get_texts(s, m, &t, err)) {
		content_texts_free(&t);
		return -1;
	}
	if (!t.text.len) {
		r = err_set(err, "E0922", "%s of `%s` is not signed, and `trusted_keys` are set", imports_what(s, m),
			    shown);
		err_help(err, use_address_is_oci(&m->at)
				      ? "who keeps it gives `jkr push` a key"
				      : "who keeps it runs `jkr sign`, and commits what that writes");
	} else {
		const struct signed_by by = content_signed(&t);

		r = trusted_check(v, n, &by, &s->arena, &own) ? 0 : -1;
		if (r) {
			err_set(err, "E0922", "%s of `%s` is not signed by a key that is trusted: %s",
				imports_what(s, m), shown, own.head->msg);
			err_help(err, "`trusted_keys` of jkr.yaml, or of your own configuration, has %zu key%s", n,
				 n == 1 ? "" : "s");
		} else if (content_parse(&t.text, tree)) {
			r = err_set(err, "E0922", "`" CONTENT "` of %s of `%s` says no content", imports_what(s, m),
				    shown);
		}
	}
	err_free(&own);
	content_texts_free(&t);
	return r;
}
