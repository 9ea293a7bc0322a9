/* push: a recipe or a folder, to a registry */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/str.h"
#include "cli/artifact.h"
#include "cli/outgoing.h"
#include "os/fs.h"

struct pushing {
	struct arena arena;
	struct oci_ref ref;
	struct oci_registry registry;
	const char *tag;
	unsigned sent; /* blobs that it had not */
	uint64_t size;
};

static int
put_blob(struct pushing *p, const char *type, int fd, struct oci_blob *b, struct err *err)
{
	unsigned long long size;
	int r;

	b->type = type;
	if (lseek(fd, 0, SEEK_SET) || hash_fd(fd, &b->hash, &size))
		return err_sys(err, "E0804", "cannot read back what was written");
	b->size = size;
	p->size += size;
	r = oci_put_blob(&p->registry, b, fd, err);
	p->sent += r == 0;
	return r < 0 ? -1 : 0;
}

static int
put_config(struct pushing *p, const struct outgoing *o, struct oci_blob *b, struct err *err)
{
	const struct oci_config c = {.tree = o->tree,
				     .minisig = o->said.minisig.len ? o->said.minisig.s : NULL,
				     .sshsig = o->said.sshsig.len ? o->said.sshsig.s : NULL};
	cleanup_fd int fd = memfd_create("config", MFD_CLOEXEC);
	cleanup_str struct str text = {0};

	oci_config_format(&c, &text);
	if (fd < 0 || fs_write(fd, text.s, text.len))
		return err_sys(err, "E0804", "cannot keep a config in memory");
	return put_blob(p, OCI_CONFIG, fd, b, err);
}

/* What the tag leads to is another from now on, if it led anywhere. */
static int
put_manifest(struct pushing *p, const struct str *text, char was[HASH_HEX], struct err *err)
{
	cleanup_str struct str old = {0};
	int r = oci_get_manifest(&p->registry, p->tag, &old, err);
	struct hash h = hash_of(str_text(&old), old.len);

	*was = '\0';
	if (r < 0)
		return -1;
	if (!r && old.len == text->len && !memcmp(old.s, text->s, old.len))
		return 0;
	if (!r)
		hash_hex(&h, was);
	return oci_put_manifest(&p->registry, p->tag, text, err);
}

static void
say(const struct cli *cli, const struct pushing *p, const char *now, const char *was)
{
	char size[32];

	if (cli->quiet)
		return;
	printf("%s@" OCI_DIGEST "%s\n", p->ref.url, now);
	if (*was)
		printf("  %s was @" OCI_DIGEST "%s\n", p->tag, was);
	printf("  %s, %u of 2 blobs sent\n", format_size(p->size, size), p->sent);
}

static int
push(const struct cli *cli, struct pushing *p, struct outgoing *o, struct err *err)
{
	struct oci_blob layer;
	struct oci_manifest m = {.layers = &layer, .n = 1, .revision = *o->revision ? o->revision : NULL};
	char now[HASH_HEX], was[HASH_HEX];
	cleanup_fd int fd = outgoing_layer(o, err);
	cleanup_str struct str text = {0};
	struct hash h;

	if (fd < 0 || put_config(p, o, &m.config, err) || put_blob(p, OCI_LAYER_ZSTD, fd, &layer, err))
		return -1;
	oci_manifest_format(&m, &text);
	h = hash_of(text.s, text.len);
	if (put_manifest(p, &text, was, err))
		return -1;
	say(cli, p, hash_hex(&h, now), was);
	return 0;
}

static int
begin(struct pushing *p, const char *address, struct err *err)
{
	if (oci_ref_parse(address, &p->arena, &p->ref, err))
		return -1;
	p->registry = (struct oci_registry){.ref = &p->ref, .arena = &p->arena};
	p->tag = p->ref.tag ? p->ref.tag : OCI_LATEST;
	if (!p->ref.digest)
		return 0;
	err_set(err, "E0016", "`%s` is no address to push to: its digest follows from what is pushed", address);
	return err_help(err, "give a tag: %s:v1", p->ref.url);
}

static enum status
run(struct cli *cli, struct err *err)
{
	const char *path = cli->argc > 2 ? cli->argv[2] : NULL;
	struct signing_key key = {0};
	struct outgoing o = {0};
	struct pushing p = {0};
	int r = begin(&p, cli->argv[1], err);

	if (!r && path)
		r = signing_key_read(cli, path, &key, err);
	if (!r)
		r = outgoing_collect(&o, cli, cli->argv[0], path ? &key : NULL, err);
	if (!r)
		r = push(cli, &p, &o, err);
	signing_key_free(&key);
	outgoing_free(&o);
	arena_free(&p.arena);
	return r ? err_status(err) : ST_OK;
}

const struct command cmd_push = {
	.name = "push",
	.usage = "RECIPE|DIR ADDRESS [KEY]",
	.doc = "Give a recipe or a folder to an OCI registry, as an artifact at oci://HOST/NAME:TAG, from where `use` and `jkr pull` take it. Of a recipe it is the files of its project that it is made of; of a "
	       "folder with a repository of git what HEAD holds, with its signatures; of any other folder, such as what `run -o` wrote, all that is in it. With KEY (as of `jkr sign`) it is signed. Equal files are the same artifact "
	       "to the byte, and what the registry has is not sent again. A password is taken from where `skopeo login`, `podman login` and `docker login` keep it.",
	.options = "define profile plugin",
	.min_args = 2,
	.max_args = 3,
	.run = run,
};
