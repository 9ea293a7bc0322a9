/* sign: a detached signature beside a list */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/sign_content.h"
#include "data/ed25519.h"
#include "cli/userfile.h"
#include "os/proc.h"

enum { LIST_MAX = 64 << 20 };

/* The signature of a list is made by a key that is here. */
static int
sign_ed25519(const struct cli *cli, const char *list, const char *path, struct err *err)
{
	cleanup_str struct str text = {0};
	cleanup_free char *out = xasprintf("%s.sig", list);
	unsigned char sig[ED25519_SIGNATURE];
	struct signing_key key = {0};
	int r;

	if (userfile_read(list, &text, LIST_MAX))
		return err_sys(err, "E1208", "cannot read the list `%s`", list);
	r = signing_key_read(cli, path, &key, err);
	if (!r)
		r = ed25519_sign(str_text(&key.text), key.text.len, path, str_text(&text), text.len, sig, err);
	signing_key_free(&key);
	if (r)
		return -1;
	if (userfile_replace(out, sig, sizeof sig, 0644))
		return err_sys(err, "E1006", "cannot write `%s`", out);
	if (!cli->quiet)
		printf("%s\n", out);
	return 0;
}

static int
sign_gpg(const struct cli *cli, const char *list, const char *id, struct err *err)
{
	cleanup_free char *out = xasprintf("%s.asc", list);
	const char *argv[16] = {"gpg", "--batch", "--yes", "--quiet", "--armor", "--output", out};
	cleanup_str struct str said = {0};
	size_t n = 7;
	int status;

	if (id) {
		argv[n++] = "--local-user";
		argv[n++] = id;
	}
	argv[n++] = "--detach-sign";
	argv[n++] = "--";
	argv[n++] = list;
	status = proc_capture(&(struct proc_spec){.argv = argv, .dir = -1, .in = -1, .out = -1, .errfd = -1}, &said,
			      1 << 20, err);
	if (status && !err_any(err))
		err_set(err, "E1207", "gpg did not sign `%s`", list);
	if (!err_any(err) && !cli->quiet)
		printf("%s\n", out);
	return err_any(err) ? -1 : 0;
}

/* What a commit of recipes holds. A public key of ssh stands for a private one that an agent or a token has. */
static int
sign_folder(const struct cli *cli, const char *dir, const char *path, struct err *err)
{
	struct signing_key key = {0};
	int r = 0;

	if (cli->gpg)
		return err_set(err, "E1004", "recipes are signed with minisign's or ssh keys, not with GPG");
	if (path)
		r = signing_key_read(cli, path, &key, err);
	if (!r)
		r = sign_content(cli, dir, path ? &key : NULL, err);
	signing_key_free(&key);
	return r;
}

static enum status
run(struct cli *cli, struct err *err)
{
	const char *key = cli->argc > 1 ? cli->argv[1] : NULL;
	struct stat st;
	int r;

	if (!stat(cli->argv[0], &st) && S_ISDIR(st.st_mode))
		r = sign_folder(cli, cli->argv[0], key, err);
	else if (cli->gpg)
		r = sign_gpg(cli, cli->argv[0], key, err);
	else if (key)
		r = sign_ed25519(cli, cli->argv[0], key, err);
	else
		r = err_set(err, "E1004", "`jkr sign` needs more than that: a private key, or --gpg");
	return r ? err_status(err) : ST_OK;
}

const struct command cmd_sign = {
	.name = "sign",
	.usage = "LIST|DIR [KEY]",
	.doc = "Sign a list of checksums, or recipes. DIR is a git repository of recipes: what its HEAD holds is hashed into jkr.content, and that is signed; both are committed "
	       "like any file. KEY is then a secret key of minisign without a password or an ed25519 key in PEM (jkr.content.minisig, which minisign checks as well), or a key of ssh, also the "
	       ".pub of one in an agent or token (jkr.content.sig, by ssh-keygen); without KEY only jkr.content is written, for others to sign. Of a list KEY is a private ed25519 key in PEM, and the signature the 64 bytes of LIST.sig, which "
	       "openssl checks as well; with --gpg the gpg program signs with its keyring's key (KEY names one), and it is LIST.asc. The key "
	       "is read here and nowhere else: no step, key or result of a build ever sees it.",
	.options = "gpg",
	.min_args = 1,
	.max_args = 2,
	.run = run,
};
