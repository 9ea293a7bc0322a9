#include "cli/sign_content.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/content.h"
#include "cli/head.h"
#include "cli/userfile.h"
#include "base/str.h"
#include "data/git.h"
#include "model/files.h"
#include "os/fs.h"
#include "os/proc.h"
#include "store/store.h"

#define OUT_MAX (1 << 20)

bool
content_is_signed(const char *path)
{
	cleanup_free char *git = xasprintf("%s/.git", path), *text = xasprintf("%s/" CONTENT, path);

	return !access(git, F_OK) && !access(text, F_OK);
}

/* Lays the commit out to hash it, exactly as who imports it does. */
static int
hash_head(const struct cli *cli, const struct head *h, char tree[HASH_HEX], struct err *err)
{
	struct store *st = store_open(cli->store, true, err);
	cleanup_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), in = -1;
	struct file_content content;
	char tmp[64] = "";
	int r = -1;

	if (!st)
		return -1;
	in = store_tmp(st, tmp, err);
	if (in >= 0 && !content_lay_out(root, h->git + 1, h->commit, in, err)) {
		cleanup_free char *path = xasprintf("%s/tmp/%s", store_path(st), tmp);
		const struct file_ref all = {.root = path, .rel = "", .shown = h->dir};

		r = files_hash(&all, NULL, NULL, &content, err);
	}
	if (!r)
		hash_hex(&content.hash, tree);
	if (*tmp)
		store_discard(st, tmp);
	store_close(st);
	return r;
}

/* -- sign ---------------------------------------------------------------------------------------------------------- */
static int
put(const struct cli *cli, const char *path, const struct str *text, struct err *err)
{
	if (userfile_replace(path, text->s, text->len, 0644))
		return err_sys(err, "E1006", "cannot write `%s`", path);
	if (!cli->quiet)
		printf("%s\n", path);
	return 0;
}

/* ssh-keygen knows every form of a key, asks for its passphrase, and asks agents and tokens. */
static int
sign_ssh(const struct cli *cli, const char *path, const char *key, struct err *err)
{
	cleanup_free char *out = xasprintf("%s.sig", path);
	const char *argv[] = {"ssh-keygen", "-q", "-Y", "sign", "-n", TRUSTED_SPACE, "-f", key, path, NULL};
	cleanup_str struct str said = {0};
	int status;

	unlink(out); /* it would ask */
	status = proc_capture(&(struct proc_spec){.argv = argv, .dir = -1, .in = STDIN_FILENO, .out = -1, .errfd = -1},
			      &said, OUT_MAX, err);
	if (status && !err_any(err))
		err_set(err, "E1207", "ssh-keygen did not sign `%s`", path);
	if (!err_any(err) && !cli->quiet)
		printf("%s\n", out);
	return err_any(err) ? -1 : 0;
}

static int
read_secret(const char *key, const char *pem, size_t npem, struct minisign_key *out, struct err *err)
{
	unsigned char public[ED25519_KEY];

	if (str_starts(pem, "untrusted comment:"))
		return minisign_secret(pem, npem, key, out, err);
	if (ed25519_seed(pem, npem, key, out->key, err) || ed25519_public(out->key, public))
		return -1;
	minisign_name(public, out->id);
	return 0;
}

static int
sign_minisign(const struct cli *cli, const char *tree, const char *path, const struct str *text, const char *key,
	      const char *pem, size_t npem, struct err *err)
{
	cleanup_free char *out = xasprintf("%s.minisig", path);
	cleanup_free char *comment = xasprintf("jkr tree:%s", tree);
	cleanup_str struct str sig = {0};
	struct minisign_key secret, public = {0};
	char shown[MINISIGN_PUBLIC] = "";
	int r = read_secret(key, pem, npem, &secret, err);

	if (!r && minisign_make(&secret, text->s, text->len, comment, &sig))
		r = err_set(err, "E1207", "`%s` does not sign", key);
	memcpy(public.id, secret.id, sizeof public.id);
	if (!r && !ed25519_public(secret.key, public.key))
		minisign_shown(&public, shown);
	explicit_bzero(&secret, sizeof secret);
	r = r ? r : put(cli, out, &sig, err);
	if (!r && !cli->quiet)
		printf("who trusts it writes into jkr.yaml: trusted_keys: [%s]\n", shown);
	return r;
}

int
sign_tree(const struct cli *cli, const char *tree, const char *path, const struct signing_key *key, struct err *err)
{
	const char *pem = key ? str_text(&key->text) : "";
	cleanup_str struct str text = {0};

	content_format(tree, &text);
	if (put(cli, path, &text, err))
		return -1;
	if (!key)
		return 0;
	if (strstr(pem, "OPENSSH PRIVATE KEY") || str_starts(pem, "ssh-") || str_starts(pem, "sk-ssh-"))
		return sign_ssh(cli, path, key->path, err);
	return sign_minisign(cli, tree, path, &text, key->path, pem, key->text.len, err);
}

int
sign_content(const struct cli *cli, const char *dir, const struct signing_key *key, struct err *err)
{
	cleanup_free char *path = NULL;
	char tree[HASH_HEX];
	struct head h = {.dir = dir};
	int r = head_find(&h, err) || hash_head(cli, &h, tree, err) ? -1 : 0;

	if (!r) {
		path = xasprintf("%s/" CONTENT, head_is_top(&h) ? dir : h.top);
		head_say_dirty(cli, &h, "signed");
		r = sign_tree(cli, tree, path, key, err);
	}
	head_free(&h);
	return r;
}

/* -- verify -------------------------------------------------------------------------------------------------------- */
static int
keys(const struct cli *cli, struct arena *a, struct trusted_key **v, size_t *n, struct err *err)
{
	cleanup_str struct str text = {0};

	*n = cli->pubkey ? 1 : cli->trusted_keys.n;
	if (!*n) {
		err_set(err, "E1205", "there is no key to verify by");
		return err_help(err, "give --pubkey FILE, or `trusted_keys` in jkr.yaml");
	}
	if (cli->pubkey && userfile_read(cli->pubkey, &text, 1 << 16))
		return err_sys(err, "E1207", "cannot read the key `%s`", cli->pubkey);
	if (!cli->pubkey)
		return trusted_parse_all(cli->trusted_keys.v, *n, a, v, err);
	*v = arena_new(a, struct trusted_key);
	return trusted_parse_file(str_text(&text), text.len, cli->pubkey, a, *v, err);
}

static int
compare(const struct cli *cli, const struct head *h, const char *tree, const struct content_texts *t,
	const struct trusted_key *by, struct err *err)
{
	char said[HASH_HEX];

	if (content_parse(&t->text, said))
		return err_set(err, "E1203", "`" CONTENT "` of `%s` says no content", h->dir);
	if (strcmp(said, tree)) {
		err_set(err, "E1203", "`%s` does not hold what was signed", h->dir);
		return err_help(err, "signed is tree:%.12s…, commit %.12s holds tree:%.12s…", said, h->commit, tree);
	}
	if (!cli->quiet)
		printf("%s: commit %.12s is as it was signed, by %s\n", h->dir, h->commit, by->shown);
	return 0;
}

int
verify_content(const struct cli *cli, const char *dir, struct err *err)
{
	cleanup_arena struct arena a = {0};
	cleanup_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct content_texts t = {0};
	struct head h = {.dir = dir};
	const struct trusted_key *by;
	struct trusted_key *v;
	char tree[HASH_HEX];
	size_t n;
	int r = keys(cli, &a, &v, &n, err) || head_find(&h, err) || content_texts(root, h.git + 1, h.commit, &t, err);

	if (!r && !t.text.len) {
		r = err_set(err, "E1203", "`%s` is not signed: commit %.12s has no `" CONTENT "`", dir, h.commit);
		err_help(err, "`jkr sign %s KEY` makes it; it is committed like any file", dir);
	} else if (!r) {
		const struct signed_by s = content_signed(&t);

		by = trusted_check(v, n, &s, &a, err);
		r = !by || hash_head(cli, &h, tree, err) ? -1 : compare(cli, &h, tree, &t, by, err);
	}
	content_texts_free(&t);
	head_free(&h);
	return r ? -1 : 0;
}
