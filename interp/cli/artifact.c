#include "cli/artifact.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/received.h"
#include "data/schema.h"
#include "data/staged.h"
#include "model/layer.h"
#include "model/unpack.h"
#include "os/fs.h"

#define WRONG "E0930"

enum { FILES_MAX = 200000, RATIO = 2000 };

static const char *
shown(const struct artifact *a)
{
	return arena_printf(a->registry.arena, "%s@%.19s…", a->registry.ref->url, a->digest);
}

/* -- blobs ----------------------------------------------------------------------------------------------------------
 */
const char *
artifact_blob_path(const struct artifact *a, const struct hash *h)
{
	char hex[HASH_HEX];

	return arena_printf(a->registry.arena, "blobs/%s", hash_hex(h, hex));
}

/* Whether a file is the blob; then it stands at its start. */
static bool
is_blob(int fd, const struct oci_blob *b)
{
	unsigned long long size;
	struct hash got;
	struct stat st;

	return fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && (uint64_t)st.st_size == b->size &&
	       !lseek(fd, 0, SEEK_SET) && !hash_fd(fd, &got, &size) && size == b->size && !hash_cmp(&got, &b->hash) &&
	       !lseek(fd, 0, SEEK_SET);
}

static int
fault(const struct artifact *a, struct err *err)
{
	return err_sys(err, "E0804", "cannot keep a part of `%s` in the store", shown(a));
}

/* The name under which a blob comes; what an earlier try left there is continued. */
static int
open_part(const struct artifact *a, const char *part, struct err *err)
{
	int fd = fs_open_nofollow(a->dir, part, O_RDWR);

	if (fd < 0)
		fd = fs_create(a->dir, part, 0644);
	if (fd < 0)
		fault(a, err);
	return fd;
}

static int
fetch(struct artifact *a, const struct oci_blob *b, int fd, struct err *err)
{
	char size[32];

	if (!a->quiet)
		fprintf(stderr, "fetching %s of %s\n", format_size(b->size, size), shown(a));
	return oci_get_blob(&a->registry, b, fd, err);
}

/* From where a person staged it, else from the registry. */
static int
bring(struct artifact *a, const struct oci_blob *b, int fd, struct err *err)
{
	char hex[HASH_HEX];
	cleanup_fd int staged = a->root ? staged_by_hash(a->root, "sha256", hash_hex(&b->hash, hex)) : -1;

	if (is_blob(staged, b))
		return ftruncate(fd, 0) || fs_copy(staged, fd) ? fault(a, err) : 0;
	if (!a->offline)
		return fetch(a, b, fd, err);
	err_set(err, "E0913", "`%s` is not in the store, and --offline was given", shown(a));
	return err_help(err, "run once without --offline; after that it is in the store");
}

/* A descriptor of the blob, at its start. */
static int
blob(struct artifact *a, const struct oci_blob *b, struct err *err)
{
	const char *path = artifact_blob_path(a, &b->hash), *part = arena_printf(a->registry.arena, "%s.part", path);
	cleanup_fd int fd = fs_open_nofollow(a->dir, path, O_RDONLY), to = -1;

	if (is_blob(fd, b))
		return steal_fd(&fd);
	if (fs_mkdirs(a->dir, "blobs"))
		return fault(a, err);
	to = open_part(a, part, err);
	if (to < 0 || bring(a, b, to, err))
		return -1;
	if (!is_blob(to, b)) {
		unlinkat(a->dir, part, 0);
		return err_set(err, WRONG, "`%s` was changed while it came", shown(a));
	}
	if (renameat(a->dir, part, a->dir, path))
		return fault(a, err);
	return steal_fd(&to);
}

static int
read_blob(struct artifact *a, const struct oci_blob *b, size_t max, struct str *out, struct err *err)
{
	cleanup_fd int fd = blob(a, b, err);

	if (fd < 0)
		return -1;
	return fs_read(fd, out, max) ? fault(a, err) : 0;
}

/* -- what it says of itself ------------------------------------------------------------------------------------------
 */
/* A manifest is asked for in its own way, and is no blob to the registry. */
static int
bring_manifest(struct artifact *a, const struct hash *want, struct str *text, struct err *err)
{
	struct hash got;
	int r;

	str_reset(text);
	r = oci_get_manifest(&a->registry, a->digest, text, err);
	if (r > 0)
		return err_set(err, "E0931", "the registry `%s` has no `%s@%s`", a->registry.ref->host,
			       a->registry.ref->name, a->digest);
	if (r)
		return -1;
	got = hash_of(str_text(text), text->len);
	if (hash_cmp(&got, want))
		return err_set(err, "E0905", "`%s` is not what was asked for: its sha256 is another", shown(a));
	return fs_mkdirs(a->dir, "blobs") || fs_replace(a->dir, artifact_blob_path(a, want), text->s, text->len, 0644)
		       ? fault(a, err)
		       : 0;
}

static bool
is_text(const struct str *text, const struct hash *want)
{
	struct hash got = hash_of(str_text(text), text->len);

	return text->len && !hash_cmp(&got, want);
}

static int
manifest(struct artifact *a, struct str *text, struct err *err)
{
	struct hash want;
	cleanup_fd int staged = -1;
	const char *hex = a->digest + strlen(OCI_DIGEST);

	if (hash_parse(&want, hex))
		return err_set(err, WRONG, "`%s` is no digest", a->digest);
	if (!fs_read_file(a->dir, artifact_blob_path(a, &want), text, OCI_MANIFEST_MAX) && is_text(text, &want))
		return 0;
	staged = a->root ? staged_by_hash(a->root, "sha256", hex) : -1;
	str_reset(text);
	if (staged >= 0 && !fs_read(staged, text, OCI_MANIFEST_MAX) && is_text(text, &want))
		return fs_mkdirs(a->dir, "blobs") ||
				       fs_replace(a->dir, artifact_blob_path(a, &want), text->s, text->len, 0644)
			       ? fault(a, err)
			       : 0;
	if (!a->offline)
		return bring_manifest(a, &want, text, err);
	err_set(err, "E0913", "`%s` is not in the store, and --offline was given", shown(a));
	return err_help(err, "run once without --offline; after that it is in the store");
}

int
artifact_open(struct artifact *a, const char *digest, struct err *err)
{
	cleanup_str struct str text = {0}, config = {0};

	a->digest = digest;
	if (manifest(a, &text, err) ||
	    oci_manifest_parse(str_text(&text), text.len, shown(a), a->registry.arena, &a->manifest, err) ||
	    read_blob(a, &a->manifest.config, OCI_CONFIG_MAX, &config, err))
		return -1;
	return oci_config_parse(str_text(&config), config.len, shown(a), a->registry.arena, &a->config, err);
}

void
artifact_texts(const struct artifact *a, struct content_texts *out)
{
	if (!a->config.minisig && !a->config.sshsig)
		return;
	content_format(a->config.tree, &out->text);
	if (a->config.minisig)
		str_add(&out->minisig, a->config.minisig);
	if (a->config.sshsig)
		str_add(&out->sshsig, a->config.sshsig);
}

int
artifact_resolve(struct oci_registry *r, const char *tag, const char **digest, struct err *err)
{
	cleanup_str struct str text = {0};
	char hex[HASH_HEX];
	struct hash h;
	int status = oci_get_manifest(r, tag, &text, err);

	if (status > 0) {
		err_set(err, "E0931", "the registry `%s` has no tag `%s` of `%s`", r->ref->host, tag, r->ref->name);
		return err_help(err, "is the address right, and was it pushed?");
	}
	h = hash_of(str_text(&text), text.len);
	*digest = arena_printf(r->arena, OCI_DIGEST "%s", hash_hex(&h, hex));
	return status;
}

/* -- the files ------------------------------------------------------------------------------------------------------
 */
static int
refuse(const struct artifact *a, const char *path, const char *why, struct err *err)
{
	cleanup_str struct str name = {0};

	str_add_quoted(&name, path, strlen(path));
	return err_set(err, WRONG, "`%s` is refused: `%s` %s", shown(a), str_text(&name), why);
}

static int
check(const struct artifact *a, struct layer *l, struct err *err)
{
	char hex[HASH_HEX];
	struct tree all = {0};
	struct hash got;

	all.v = (struct entry *)layer_list(l, &all.n, err);
	if (err_any(err))
		return -1;
	for (size_t i = 0; i < all.n; i++) {
		const char *why = received_fault(&all, &all.v[i]);

		if (why)
			return refuse(a, all.v[i].path, why, err);
	}
	got = tree_identity(&all, "");
	if (!strcmp(hash_hex(&got, hex), a->config.tree))
		return 0;
	err_set(err, WRONG, "`%s` is refused: its layers do not hold what its config says", shown(a));
	return err_help(err, "it says tree:%.12s…, they hold tree:%.12s…", a->config.tree, hex);
}

static int
unpack_all(struct artifact *a, struct unpack *u, struct err *err)
{
	struct unpack_sums sums;

	for (size_t i = 0; i < a->manifest.n; i++) {
		cleanup_fd int fd = blob(a, &a->manifest.layers[i], err);

		if (fd < 0 || unpack_archive(u, fd, shown(a), err))
			return -1;
	}
	return unpack_end(u, &sums, err);
}

int
artifact_lay_out(struct artifact *a, int to, uint64_t max, struct err *err)
{
	static const struct strings none;
	const struct unpack_opts opts = {.only = &none,
					 .skip = &none,
					 .inner = &none,
					 .plain_modes = true,
					 .max_size = max,
					 .max_files = FILES_MAX,
					 .ratio = RATIO,
					 .threads = 1};
	struct layer *l = layer_new(to, NULL);
	struct unpack *u = unpack_new(l, &opts);
	int r = unpack_all(a, u, err);

	unpack_free(u);
	r = r ? -1 : check(a, l, err);
	layer_free(l);
	return r;
}
