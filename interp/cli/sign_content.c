#include "cli/sign_content.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/content.h"
#include "cli/userfile.h"
#include "base/str.h"
#include "data/git.h"
#include "model/files.h"
#include "os/fs.h"
#include "os/proc.h"
#include "store/store.h"

#define NO_REPOSITORY "E1209"
#define OUT_MAX (1 << 20)

/* A repository of the user's own, and what its HEAD holds. */
struct head {
	const char *dir;
	char commit[GIT_HEX];
	char *top; /* the folder that holds all of it */
	char *git; /* its folder .git, wherever that is */
	char tree[HASH_HEX];
};

bool
content_is_signed(const char *path)
{
	cleanup_free char *git = xasprintf("%s/.git", path), *text = xasprintf("%s/" CONTENT, path);

	return !access(git, F_OK) && !access(text, F_OK);
}

/* The first line that git says. */
static int
ask(const char *dir, const char *const *words, struct str *out, struct err *err)
{
	cleanup_fd int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
	const char *argv[16] = {"git", "-C", dir};
	size_t n = 3;
	int status;

	while (*words && n < ARRAY_LEN(argv) - 1)
		argv[n++] = *words++;
	status = proc_capture(&(struct proc_spec){.argv = argv, .dir = -1, .in = -1, .out = -1, .errfd = quiet}, out,
			      OUT_MAX, err);
	while (out->len && out->s[out->len - 1] == '\n')
		out->s[--out->len] = '\0';
	return status;
}

static int
find_head(struct head *h, struct err *err)
{
	static const char *const commit[] = {"rev-parse", "--verify", "-q", "HEAD^{commit}", NULL};
	static const char *const folder[] = {"rev-parse", "--path-format=absolute", "--git-common-dir", NULL};
	static const char *const above[] = {"rev-parse", "--show-toplevel", NULL};
	cleanup_str struct str id = {0}, git = {0}, top = {0};

	if (ask(h->dir, commit, &id, err) || ask(h->dir, folder, &git, err) || ask(h->dir, above, &top, err) ||
	    !git_is_commit(str_text(&id))) {
		if (err_any(err))
			return -1;
		err_set(err, NO_REPOSITORY, "the folder `%s` has no commit of git", h->dir);
		return err_help(err, "what is signed is what a commit holds: `git init`, `git add`, `git commit`");
	}
	memcpy(h->commit, id.s, id.len + 1);
	h->git = xstrdup(str_text(&git));
	h->top = xstrdup(str_text(&top));
	return 0;
}

/* Lays the commit out to hash it, exactly as who imports it does. */
static int
hash_head(const struct cli *cli, struct head *h, struct err *err)
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
		hash_hex(&content.hash, h->tree);
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
sign_minisign(const struct cli *cli, const struct head *h, const char *path, const struct str *text, const char *key,
	      const char *pem, size_t npem, struct err *err)
{
	cleanup_free char *out = xasprintf("%s.minisig", path);
	cleanup_free char *comment = xasprintf("jkr tree:%s", h->tree);
	cleanup_str struct str sig = {0};
	struct minisign_key secret, public;
	char shown[MINISIGN_PUBLIC];
	int r = read_secret(key, pem, npem, &secret, err);

	if (!r && minisign_make(&secret, text->s, text->len, comment, &sig))
		r = err_set(err, "E1207", "`%s` does not sign", key);
	public = secret;
	if (!r && !ed25519_public(secret.key, public.key))
		minisign_shown(&public, shown);
	explicit_bzero(&secret, sizeof secret);
	r = r ? r : put(cli, out, &sig, err);
	if (!r && !cli->quiet)
		printf("who trusts it writes into jkr.yaml: trusted_keys: [%s]\n", shown);
	return r;
}

/* What is not committed is not signed. */
static void
say_dirty(const struct cli *cli, const struct head *h)
{
	static const char *const words[] = {"status", "--porcelain", "--untracked-files=no", NULL};
	cleanup_str struct str out = {0};
	struct err unsaid = {0};

	if (!ask(h->dir, words, &out, &unsaid) && out.len && !cli->quiet)
		fprintf(stderr, "note: signed is what HEAD (%.12s) holds; `%s` has changes that are not committed\n",
			h->commit, h->dir);
	err_free(&unsaid);
}

/* Whether it was named itself, and not a folder in it. */
static bool
is_top(const struct head *h)
{
	struct stat a, b;

	return !stat(h->dir, &a) && !stat(h->top, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int
sign_content(const struct cli *cli, const char *dir, const char *key, const char *pem, size_t npem, struct err *err)
{
	cleanup_free char *path = NULL;
	cleanup_str struct str text = {0};
	struct head h = {.dir = dir};
	int r = find_head(&h, err) || hash_head(cli, &h, err) ? -1 : 0;

	if (!r) {
		path = xasprintf("%s/" CONTENT, is_top(&h) ? dir : h.top);
		say_dirty(cli, &h);
		content_format(h.tree, &text);
		r = put(cli, path, &text, err);
	}
	if (!r && key && (strstr(pem, "OPENSSH PRIVATE KEY") || str_starts(pem, "ssh-") || str_starts(pem, "sk-ssh-")))
		r = sign_ssh(cli, path, key, err);
	else if (!r && key)
		r = sign_minisign(cli, &h, path, &text, key, pem, npem, err);
	free(h.git);
	free(h.top);
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
compare(const struct cli *cli, const struct head *h, const struct content_texts *t, const struct trusted_key *by,
	struct err *err)
{
	char said[HASH_HEX];

	if (content_parse(&t->text, said))
		return err_set(err, "E1203", "`" CONTENT "` of `%s` says no content", h->dir);
	if (strcmp(said, h->tree)) {
		err_set(err, "E1203", "`%s` does not hold what was signed", h->dir);
		return err_help(err, "signed is tree:%.12s…, commit %.12s holds tree:%.12s…", said, h->commit, h->tree);
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
	size_t n;
	int r = keys(cli, &a, &v, &n, err) || find_head(&h, err) || content_texts(root, h.git + 1, h.commit, &t, err);

	if (!r && !t.text.len) {
		r = err_set(err, "E1203", "`%s` is not signed: commit %.12s has no `" CONTENT "`", dir, h.commit);
		err_help(err, "`jkr sign %s KEY` makes it; it is committed like any file", dir);
	} else if (!r) {
		const struct signed_by s = content_signed(&t);

		by = trusted_check(v, n, &s, &a, err);
		r = !by || hash_head(cli, &h, err) ? -1 : compare(cli, &h, &t, by, err);
	}
	content_texts_free(&t);
	free(h.git);
	free(h.top);
	return r ? -1 : 0;
}
