/* pull: an artifact of a registry, as a folder */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/artifact.h"
#include "cli/cli.h"
#include "os/fs.h"
#include "store/mirror.h"
#include "store/store.h"

struct pulling {
	const struct cli *cli;
	struct arena arena;
	struct oci_ref ref;
	struct artifact artifact;
	struct content_texts texts;
};

/* With trusted keys nothing is fetched that none of them signed. */
static int
check_signed(struct pulling *p, struct err *err)
{
	size_t n = p->cli->trusted_keys.n;
	const struct signed_by by = content_signed(&p->texts);
	struct trusted_key *v;
	struct err own = {0};

	if (!n)
		return 0;
	if (trusted_parse_all(p->cli->trusted_keys.v, n, &p->arena, &v, err))
		return -1;
	if (!p->texts.text.len)
		return err_set(err, "E0922", "`%s` is not signed, and `trusted_keys` are set", p->ref.url);
	if (!trusted_check(v, n, &by, &p->arena, &own))
		err_set(err, "E0922", "`%s` is not signed by a key that is trusted: %s", p->ref.url, own.head->msg);
	err_free(&own);
	return err_any(err) ? -1 : 0;
}

static int
put_text(int dir, const char *name, const struct str *text, struct err *err)
{
	if (!text->len || !fs_replace(dir, name, text->s, text->len, 0644))
		return 0;
	return err_sys(err, "E1006", "cannot write `%s`", name);
}

static int
fill(struct pulling *p, int dir, struct err *err)
{
	if (artifact_lay_out(&p->artifact, dir, 0, err) || put_text(dir, CONTENT, &p->texts.text, err) ||
	    put_text(dir, CONTENT_MINISIG, &p->texts.minisig, err))
		return -1;
	return put_text(dir, CONTENT_SSHSIG, &p->texts.sshsig, err);
}

/* A new folder, which gets its name when all is in it. */
static int
make_folder(struct pulling *p, const char *to, struct err *err)
{
	cleanup_free char *above = xstrndup(to, (size_t)(path_base(to) - to));
	cleanup_fd int parent = open(*above ? above : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), dir = -1;
	char tmp[64];
	int r;

	if (parent < 0 || fs_mkdtemp(parent, ".jkr-pull-", tmp))
		return err_sys(err, "E1006", "cannot write `%s`", to);
	dir = fs_open_nofollow(parent, tmp, O_RDONLY | O_DIRECTORY);
	r = dir < 0 || fchmod(dir, 0755) ? err_sys(err, "E1006", "cannot write `%s`", to) : fill(p, dir, err);
	if (!r && renameat2(parent, tmp, parent, path_base(to), RENAME_NOREPLACE))
		r = err_sys(err, "E1006", "cannot write `%s`", to);
	if (r)
		fs_remove(parent, tmp);
	return r;
}

static int
pull(struct pulling *p, struct store *st, const char *to, struct err *err)
{
	struct mirror mirror = {.dir = -1, .lock = -1};
	const char *digest = p->ref.digest;
	cleanup_fd int in_use = store_lock(st, false, !p->cli->no_wait, err);
	int r = in_use < 0 ? -1 : store_mirror(st, p->ref.url, !p->cli->no_wait, &mirror, err);

	p->artifact = (struct artifact){.registry = {.ref = &p->ref, .arena = &p->arena},
					.dir = mirror.dir,
					.offline = p->cli->offline,
					.quiet = p->cli->quiet};
	if (r > 0)
		r = err_set(err, "E0808", "another run uses what is here of `%s`, and --no-wait was given", p->ref.url);
	if (!r && !digest && p->cli->offline)
		r = err_set(err, "E0913", "the server would be asked which artifact `%s` is, and --offline was given",
			    p->ref.url);
	if (!r && !digest)
		r = artifact_resolve(&p->artifact.registry, p->ref.tag ? p->ref.tag : OCI_LATEST, &digest, err);
	if (!r)
		r = artifact_open(&p->artifact, digest, err);
	if (!r) {
		artifact_texts(&p->artifact, &p->texts);
		r = check_signed(p, err) || make_folder(p, to, err) ? -1 : 0;
	}
	if (!r && !p->cli->quiet)
		printf("%s: %s@%s\n", to, p->ref.url, digest);
	store_mirror_close(&mirror);
	return r;
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct pulling p = {.cli = cli};
	struct store *st = NULL;
	const char *to;
	int r = oci_ref_parse(cli->argv[0], &p.arena, &p.ref, err);

	to = cli->argc > 1 ? cli->argv[1] : r ? NULL : path_base(p.ref.name);
	if (!r && !access(to, F_OK))
		r = err_set(err, "E1006", "`%s` is there already", to);
	if (!r)
		r = (st = store_open(cli->store, true, err)) ? pull(&p, st, to, err) : -1;
	if (st)
		store_close(st);
	content_texts_free(&p.texts);
	arena_free(&p.arena);
	return r ? err_status(err) : ST_OK;
}

const struct command cmd_pull = {
	.name = "pull",
	.usage = "ADDRESS [DIR]",
	.doc = "Take an artifact of an OCI registry that `jkr push` gave it into a new folder, DIR or the last part of its name. ADDRESS is oci://HOST/NAME:TAG or oci://HOST/NAME@sha256:DIGEST. Every byte is proved by the digest, "
	       "what leaves the folder or would be a repository is refused, and with `trusted_keys` it must be signed by one of them. What came before a transfer broke off is not asked for again.",
	.options = "offline no-wait",
	.min_args = 1,
	.max_args = 2,
	.run = run,
};
