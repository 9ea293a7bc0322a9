/* shared_read: what stands under a key in a depot, believed only as far as it proves itself. */
#include <string.h>

#include "base/err.h"
#include "store/shared_own.h"

static int
wrong(const struct shared *sh, size_t place, const struct hash *key, const char *what, struct err *err)
{
	char hex[HASH_HEX];

	return err_set(err, "E0814", "the shared cache `%s` has something under %.12s that is no result of a step: %s",
		       depot_address(sh->v[place].depot), hash_hex(key, hex), what);
}

const char *
shared_layer_name(char buf[SHARED_NAME], const struct hash *layer, const char *suffix)
{
	char hex[HASH_HEX];

	stpcpy(stpcpy(stpcpy(buf, SHARED_LAYER), hash_hex(layer, hex)), suffix);
	return buf;
}

int
shared_text(struct shared *sh, size_t place, const struct action_result *ar, const char *path, struct str *out,
	    struct err *err)
{
	const struct action_file *f = action_result_find(ar, path);
	struct depot *d = sh->v[place].depot;
	struct hash h;

	str_reset(out);
	if (!f)
		return 0;
	if (f->size > STORE_MAX_TEXT)
		return err_set(err, "E0813", "the shared cache `%s` has a `%s` that is too long", depot_address(d),
			       path);
	if (!f->contents)
		return depot_fetch_text(d, &f->digest, f->size, out, err);
	h = hash_of(f->contents, f->size);
	if (hash_cmp(&h, &f->digest))
		return err_set(err, "E0813", "the shared cache `%s` has a `%s` that is not what its digest says",
			       depot_address(d), path);
	str_addn(out, f->contents, f->size);
	return 1;
}

void
shared_signed(const struct hash *key, const struct action_result *ar, struct str *out)
{
	char hex[HASH_HEX];

	str_addf(out, "jkr result 1\nkey %s\n", hash_hex(key, hex));
	for (size_t i = 0; i < ar->nfiles; i++)
		if (strcmp(ar->files[i].path, SHARED_SIGNATURE))
			str_addf(out, "file %s %llu %s\n", hash_hex(&ar->files[i].digest, hex),
				 (unsigned long long)ar->files[i].size, ar->files[i].path);
	if (ar->has_stdout)
		str_addf(out, "log %s %llu\n", hash_hex(&ar->stdout_digest, hex), (unsigned long long)ar->stdout_size);
}

/* 1 it need not be signed, or is; -1 with E0817. */
static int
check_signature(struct shared *sh, size_t place, const struct hash *key, const struct action_result *ar,
		struct err *err)
{
	cleanup_str struct str sig = {0}, text = {0};
	cleanup_arena struct arena a = {0};
	struct err why = {0};
	char hex[HASH_HEX];
	struct signed_by s = {.name = "result"};
	int r;

	if (!sh->ntrusted)
		return 1;
	r = shared_text(sh, place, ar, SHARED_SIGNATURE, &sig, err);
	if (r < 0)
		return -1;
	shared_signed(key, ar, &text);
	s.text = str_text(&text);
	s.n = text.len;
	s.minisig = r ? str_text(&sig) : NULL;
	s.nminisig = sig.len;
	if (trusted_check(sh->trusted, sh->ntrusted, &s, &a, &why)) {
		err_free(&why);
		return 1;
	}
	err_set(err, "E0817", "the shared cache `%s` has a result under %.12s that %s: it is not taken",
		depot_address(sh->v[place].depot), hash_hex(key, hex), r ? "no trusted key signed" : "is not signed");
	err_free(&why);
	return -1;
}

/* The text of the key is the key. */
static int
read_key(struct shared *sh, size_t place, struct found *f, struct err *err)
{
	cleanup_str struct str text = {0};
	int r = shared_text(sh, place, &f->ar, SHARED_KEY, &text, err);
	struct hash h;

	if (r <= 0)
		return r;
	h = hash_of(str_text(&text), text.len);
	if (hash_cmp(&h, &f->key) || memchr(str_text(&text), '\0', text.len))
		return wrong(sh, place, &f->key, "its key text is another's", err);
	f->key_text = arena_strndup(&sh->arena, str_text(&text), text.len);
	return 1;
}

static int
read_record(struct shared *sh, size_t place, struct found *f, struct err *err)
{
	cleanup_str struct str text = {0};
	int r = shared_text(sh, place, &f->ar, SHARED_RECORD, &text, err);

	if (r <= 0)
		return r;
	if (!record_parse(&text, &f->key, &sh->arena, &f->record))
		return wrong(sh, place, &f->key, "its record is damaged", err);
	return 1;
}

static int
read_stack(struct shared *sh, size_t place, struct found *f, struct err *err)
{
	cleanup_str struct str text = {0};
	int r = shared_text(sh, place, &f->ar, SHARED_TREE, &text, err);
	struct hash *v = NULL;
	size_t n = 0;
	bool good;

	if (r <= 0)
		return r;
	good = tree_parse_stack(&f->record.result.tree, &text, &v, &n);
	f->layers = arena_array(&sh->arena, struct hash, n + 1);
	f->nlayers = n;
	if (good && n)
		memcpy(f->layers, v, sizeof *v * n);
	free(v);
	return good ? 1 : wrong(sh, place, &f->key, "its stack of layers is damaged", err);
}

/* Each layer must be named with list and files; whether they are there is seen when they are asked for. */
static int
check_layers(struct shared *sh, size_t place, const struct found *f, struct err *err)
{
	char name[SHARED_NAME];

	for (size_t i = 0; i < f->nlayers; i++) {
		const struct action_file *list =
			action_result_find(&f->ar, shared_layer_name(name, &f->layers[i], ".list"));

		if (!list || hash_cmp(&list->digest, &f->layers[i]) ||
		    !action_result_find(&f->ar, shared_layer_name(name, &f->layers[i], ".tar.zst")))
			return wrong(sh, place, &f->key, "a layer of its tree is not in it", err);
	}
	return 1;
}

static bool
is_jkrs(const struct action_result *ar)
{
	return action_result_find(ar, SHARED_KEY) && action_result_find(ar, SHARED_RECORD) &&
	       action_result_find(ar, SHARED_TREE);
}

int
shared_read(struct shared *sh, size_t place, const struct hash *key, const struct str *bytes, struct found *out,
	    struct err *err)
{
	char *own = arena_memdup(&sh->arena, str_text(bytes), bytes->len + 1);
	struct err why = {0};
	int r;

	*out = (struct found){.key = *key, .from = place};
	if (action_result_read(own, bytes->len, &sh->arena, &out->ar, &why)) {
		err_free(&why);
		return wrong(sh, place, key, "its bytes are no ActionResult", err);
	}
	if (out->ar.exit_code)
		return wrong(sh, place, key, "it is of a step that failed", err);
	if (!is_jkrs(&out->ar))
		return wrong(sh, place, key, "it has none of the files that jkr writes", err);
	r = check_signature(sh, place, key, &out->ar, err);
	if (r > 0)
		r = read_key(sh, place, out, err);
	if (r > 0)
		r = read_record(sh, place, out, err);
	if (r > 0)
		r = read_stack(sh, place, out, err);
	return r > 0 ? check_layers(sh, place, out, err) : r;
}
