/* Signatures of lists: raw ed25519 by libcrypto, or GPG's by the gpg program and the user's keyring. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "cli/verify.h"
#include "data/ed25519.h"
#include "cli/userfile.h"
#include "os/fs.h"
#include "os/proc.h"

enum { KEY_MAX = 1 << 16 };

static const char *
check_ed25519(const struct cli *cli, const struct signed_text *t, struct err *err)
{
	cleanup_str struct str pem = {0};
	int good;

	if (!t->sig) {
		err_set(err, "E1203", "`%s` is not signed: there is no `%s.sig`", t->name, t->name);
		err_help(err, "`jkr sign %s KEY` makes one", t->name);
		return NULL;
	}
	if (t->nsig != ED25519_SIGNATURE) {
		err_set(err, "E1203", "`%s.sig` is no ed25519 signature: it has %zu bytes and not %d", t->name, t->nsig,
			ED25519_SIGNATURE);
		return NULL;
	}
	if (userfile_read(cli->pubkey, &pem, KEY_MAX)) {
		err_sys(err, "E1207", "cannot read the key `%s`", cli->pubkey);
		return NULL;
	}
	good = ed25519_verify(str_text(&pem), pem.len, cli->pubkey, t->text, t->ntext, (const unsigned char *)t->sig,
			      err);
	if (good > 0)
		return "good";
	if (!good)
		err_set(err, "E1203", "`%s.sig` was not made with the key `%s` for this `%s`", t->name, cli->pubkey,
			t->name);
	return NULL;
}

static int
memory_of(const char *p, size_t n)
{
	cleanup_fd int fd = memfd_create("jkr", 0); /* gpg opens it by its number */

	if (fd < 0 || fs_write(fd, p, n) || lseek(fd, 0, SEEK_SET))
		return -1;
	return steal_fd(&fd);
}

static const char *
check_gpg(const struct signed_text *t, struct err *err)
{
	cleanup_fd int sig = t->asc ? memory_of(t->asc, t->nasc) : -1;
	cleanup_fd int text = memory_of(t->text, t->ntext);
	char sig_path[32], text_path[32];
	const char *argv[] = {"gpg", "--batch", "--quiet", "--status-fd", "1", "--verify", sig_path, text_path, NULL};
	const int keep[] = {sig, text, -1};
	cleanup_str struct str said = {0};
	const size_t before = err_count(err);
	int status;

	if (!t->asc) {
		err_set(err, "E1203", "`%s` is not signed: there is no `%s.asc`", t->name, t->name);
		err_help(err, "`jkr sign %s --gpg` makes one", t->name);
		return NULL;
	}
	snprintf(sig_path, sizeof sig_path, "/dev/fd/%d", sig);
	snprintf(text_path, sizeof text_path, "/dev/fd/%d", text);
	status = proc_capture(
		&(struct proc_spec){.argv = argv, .dir = -1, .in = -1, .out = -1, .errfd = -1, .keep = keep}, &said,
		1 << 20, err);
	if (!status && strstr(str_text(&said), "[GNUPG:] VALIDSIG"))
		return "good";
	if (err_count(err) == before) {
		err_set(err, "E1203", "gpg does not accept `%s.asc` for `%s`", t->name, t->name);
		if (strstr(str_text(&said), "[GNUPG:] NO_PUBKEY"))
			err_help(err, "the key that signed it is not in your keyring: `gpg --import` takes it");
	}
	return NULL;
}

const char *
verify_signature(const struct cli *cli, const struct signed_text *t, struct err *err)
{
	const char *good = NULL;

	if (cli->pubkey && !(good = check_ed25519(cli, t, err)))
		return NULL;
	if (cli->gpg && !(good = check_gpg(t, err)))
		return NULL;
	if (good)
		return good;
	return t->sig || t->asc ? "unchecked" : "none";
}
