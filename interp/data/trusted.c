#include "data/trusted.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#define WRONG "E1203"
#define NO_KEY "E1207"

int
trusted_parse(const char *line, struct arena *a, struct trusted_key *out, struct err *err)
{
	*out = (struct trusted_key){.shown = line};
	if (!minisign_public(line, strlen(line), &out->mini))
		return 0;
	out->ssh = true;
	if (!ssh_key_parse(line, a, &out->by_ssh))
		return 0;
	err_set(err, NO_KEY, "`%s` is no public key that jkr takes", line);
	return err_help(err, "it takes minisign's (RW and 54 letters), and ed25519 keys of ssh: `ssh-ed25519 AAAA…`");
}

int
trusted_parse_all(const char *const *lines, size_t n, struct arena *a, struct trusted_key **out, struct err *err)
{
	*out = arena_array(a, struct trusted_key, n + 1);
	for (size_t i = 0; i < n; i++)
		if (trusted_parse(lines[i], a, &(*out)[i], err))
			return -1;
	return 0;
}

/* The last line that is not empty: minisign puts a comment in front. */
static const char *
last_line(const char *text, size_t n, struct arena *a)
{
	const char *s;

	while (n && strchr("\r\n ", text[n - 1]))
		n--;
	s = memrchr(text, '\n', n);
	return s ? arena_strndup(a, s + 1, n - (size_t)(s + 1 - text)) : arena_strndup(a, text, n);
}

int
trusted_parse_file(const char *text, size_t n, const char *shown, struct arena *a, struct trusted_key *out,
		   struct err *err)
{
	struct err first = {0};

	if (!trusted_parse(last_line(text, n, a), a, out, &first)) {
		out->shown = shown;
		return 0;
	}
	err_free(&first);
	*out = (struct trusted_key){.shown = shown};
	if (ed25519_point(text, n, shown, out->mini.key, err))
		return -1;
	minisign_name(out->mini.key, out->mini.id);
	return 0;
}

/* 1 it did, 0 another one did, -1 a sentence. */
static int
signed_with(const struct trusted_key *k, const struct signed_by *s, struct arena *a, struct err *err)
{
	const char *end = k->ssh ? ".sig" : ".minisig";
	const char *name = arena_printf(a, "%s%s", s->name, end);
	struct ssh_key by;

	if (k->ssh ? !s->sshsig : !s->minisig)
		return 0;
	if (!k->ssh)
		return minisign_check(&k->mini, s->minisig, s->nminisig, name, s->text, s->n, err);
	if (sshsig_check(s->sshsig, s->nsshsig, name, TRUSTED_SPACE, s->text, s->n, a, &by, err))
		return -1;
	return ssh_key_is(&by, &k->by_ssh);
}

const struct trusted_key *
trusted_check(const struct trusted_key *v, size_t n, const struct signed_by *s, struct arena *a, struct err *err)
{
	struct err own = {0};

	for (size_t i = 0; i < n; i++) {
		struct err one = {0};
		int r = signed_with(&v[i], s, a, &one);

		if (r > 0) {
			err_free(&own);
			err_free(&one);
			return &v[i];
		}
		if (!err_any(&own))
			err_move(&own, &one); /* the same for each key: once is enough */
		err_free(&one);
	}
	if (err_any(&own)) {
		err_move(err, &own);
		return NULL;
	}
	if (!s->minisig && !s->sshsig)
		err_set(err, WRONG, "`%s` is not signed", s->name);
	else
		err_set(err, WRONG, "`%s` is signed, and not by a key that is trusted here", s->name);
	return NULL;
}
