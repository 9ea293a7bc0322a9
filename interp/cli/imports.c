#include "cli/imports.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/content.h"
#include "cli/imports_own.h"
#include "data/git.h"
#include "data/yaml.h"
#include "model/capabilities.h"
#include "model/files.h"
#include "model/statcache.h"
#include "os/fs.h"
#include "os/url.h"
#include "store/import.h"
#include "store/mirror.h"

#define TREE " tree:" /* between commit and hash in a pin */

/* -- its folder in the store ------------------------------------------------------------------------------------ */
/* Lays the commit out and gives it its place in the store. */
static int
lay_out(struct session *s, const struct import *m, const struct mirror *mirror, void *id, struct err *err)
{
	char tmp[64] = "";
	cleanup_fd int in = store_tmp(s->store, tmp, err), dir = -1;
	int r = -1;

	if (in < 0)
		return -1;
	if (!fs_mkdirs(in, "import"))
		dir = fs_open(in, "import", O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		err_sys(err, "E0804", "cannot write an import into the store");
	else if (use_address_is_oci(&m->at))
		r = imports_oci_lay_out(s, m, mirror->dir, dir, err);
	else
		r = content_lay_out(mirror->dir, GIT_MIRROR, m->commit, dir, err);
	if (!r)
		r = store_import_put(s->store, id, tmp, "import", err);
	store_discard(s->store, tmp);
	return r;
}

static bool
recall(void *ctx, const struct hash *name, struct str *out)
{
	return store_recall(((struct session *)ctx)->store, name, out);
}

static void
remember(void *ctx, const struct hash *name, const struct str *bytes)
{
	store_remember(((struct session *)ctx)->store, name, bytes, false);
}

/* What its folder holds, as jkr.lock keeps it. */
static int
identity(struct session *s, const struct import *m, char hex[HASH_HEX], struct err *err)
{
	const struct statcache_home home = {s, recall, remember};
	const struct file_ref all = {.root = m->root, .rel = "", .shown = m->at.url};
	struct file_content content;

	if (files_hash(&all, &home, NULL, &content, err) < 0)
		return -1;
	hash_hex(&content.hash, hex);
	return 0;
}

const char *
imports_what(struct session *s, const struct import *m)
{
	bool oci = use_address_is_oci(&m->at);

	return arena_printf(&s->arena, "%s %.12s", oci ? "artifact" : "commit",
			    m->commit + (oci ? strlen(OCI_DIGEST) : 0));
}

static int
fail_content(struct session *s, const struct import *m, const char *want, const char *got, struct err *err)
{
	cleanup_free char *shown = url_shown(m->at.url);

	err_set(err, "E0921", "%s of `%s` does not hold what jkr.lock says", imports_what(s, m), shown);
	err_help(err, "jkr.lock says tree:%.12s…, the %s holds tree:%.12s…", want,
		 use_address_is_oci(&m->at) ? "artifact" : "commit", got);
	return err_help(err, "was jkr.lock changed by hand, or by a merge that took half of a line?");
}

/* Where the store keeps what a commit held when it was laid out. */
static struct hash
note_of(const struct hash *id)
{
	cleanup_free char *name = NULL;
	char hex[HASH_HEX];

	name = xasprintf("content of import %s\n", hash_hex(id, hex));
	return hash_of(name, strlen(name));
}

static bool
is_as_laid_out(struct session *s, const struct hash *id, const char *got)
{
	struct hash note = note_of(id);
	cleanup_str struct str text = {0};

	return store_recall(s->store, &note, &text) && str_eq(str_text(&text), got);
}

static void
note_content(struct session *s, const struct hash *id, const char *got)
{
	struct hash note = note_of(id);
	cleanup_str struct str text = {0};

	str_add(&text, got);
	store_remember(s->store, &note, &text, false);
}

/* One that was changed in the store is made anew. */
int
imports_place(struct session *s, struct import *m, const char *want, char got[HASH_HEX], struct err *err)
{
	cleanup_free char *name = xasprintf("import of %s\n%s\n", m->at.url, m->commit);
	struct hash id = hash_of(name, strlen(name));
	char path[IMPORT_PATH];

	for (bool again = false;; again = true) {
		bool there = store_import(s->store, &id, path);

		if (!there && imports_in_mirror(s, m, lay_out, &id, err) < 0)
			return -1;
		m->root = arena_printf(&s->arena, "%s/%s", store_path(s->store), path);
		if (identity(s, m, got, err) < 0)
			return -1;
		if (!there)
			note_content(s, &id, got);
		if (want ? !strcmp(want, got) : !there || is_as_laid_out(s, &id, got))
			return 0;
		if (!there || again)
			return fail_content(s, m, want ? want : "", got, err);
		store_import_damaged(s->store, &id);
	}
}

/* -- its pin ---------------------------------------------------------------------------------------------------- */
static int
open_store(struct session *s, struct err *err)
{
	if (s->store && store_fd(s->store) < 0) {
		store_close(s->store);
		s->store = NULL;
	}
	if (s->store)
		return store_open_more(s->store, err);
	s->store = store_open(s->cli->store, true, err);
	return s->store ? 0 : -1;
}

/* "COMMIT tree:HASH", and what it states */
static int
take_pin(struct session *s, struct import *m, const char **want, struct err *err)
{
	const char *pin = lock_get(&s->lock, m->at.pin), *tree = pin ? strstr(pin, TREE) : NULL;
	struct hash h;

	*want = NULL;
	if (!pin)
		return 0;
	m->was = tree ? arena_strndup(&s->arena, pin, (size_t)(tree - pin)) : "";
	tree = tree ? tree + strlen(TREE) : "";
	*want = arena_strndup(&s->arena, tree, strcspn(tree, " "));
	m->might = tree + strcspn(tree, " ");
	if (!use_address_is_id(&m->at, m->was) || hash_parse(&h, *want)) {
		err_set(err, "E0903", "the pin of `%s` in the lock is no commit and hash", m->at.pin);
		return err_help(err, "take its line away, and run `jkr update`");
	}
	return 0;
}

/* What its jkr.yaml states; whether that can be read is for the load to say. */
static const char *
stated(struct session *s, const struct import *m)
{
	const struct file_ref yaml = {.root = m->root, .rel = "jkr.yaml", .shown = "jkr.yaml"};
	struct capabilities may = {0};
	struct str text = {0}, out = {0};
	struct err unsaid = {0};
	cleanup_fd int fd = files_open(&yaml, &unsaid);
	const char *r;

	if (fd >= 0 && !fs_read(fd, &text, YAML_MAX))
		capabilities_parse(str_text(&text), text.len, "jkr.yaml", &s->arena, &may, &unsaid);
	capabilities_text(&may, &out);
	r = arena_strdup(&s->arena, str_text(&out));
	err_free(&unsaid);
	str_free(&text);
	str_free(&out);
	return r;
}

/* Which commit it is: the recipe says it, or jkr.lock, or the server. */
static int
choose(struct session *s, struct import *m, const char **want, struct err *err)
{
	const char *locked = m->was;
	char commit[GIT_HEX];

	if (!locked && s->cli->locked) {
		err_set(err, "E1010", "`%s` is not in jkr.lock, and --locked was given", m->at.pin);
		return err_help(err, "run `jkr lock` once without --locked, and keep jkr.lock");
	}
	if (s->renew && imports_named(s->cli, m->at.pin))
		locked = *want = NULL;
	m->commit = m->at.commit ? m->at.commit : locked;
	if (m->commit && locked && strcmp(locked, m->commit))
		return err_set(err, "E0903", "the pin of `%s` in the lock is of another commit", m->at.pin),
		       err_help(err, "take its line away, and run `jkr lock`");
	if (m->commit)
		return 0;
	if (!imports_may_ask(s, m)) {
		err_set(err, "E0913", "the server would be asked which %s `%s` is, and --offline was given",
			use_address_is_oci(&m->at) ? "artifact" : "commit", m->at.pin);
		return err_help(err, "run `jkr lock` once without --offline: jkr.lock then has it");
	}
	if (use_address_is_oci(&m->at))
		return imports_oci_resolve(s, m, err);
	if (git_resolve(m->at.url, m->at.ref, commit, err) < 0)
		return -1;
	m->commit = arena_strdup(&s->arena, commit);
	return 0;
}

static int
open_import(struct session *s, struct import *m, struct err *err)
{
	char got[HASH_HEX], proved[HASH_HEX];
	const char *want;

	if (open_store(s, err) < 0 || session_open_project(s, err) < 0 || take_pin(s, m, &want, err) < 0 ||
	    choose(s, m, &want, err) < 0 || imports_signed(s, m, proved, err) < 0 ||
	    imports_place(s, m, want, got, err) < 0)
		return -1;
	if (*proved && strcmp(proved, got))
		return imports_fail_signed(s, m, proved, got, err);
	m->may = stated(s, m);
	lock_set(&s->lock, m->at.pin,
		 arena_printf(&s->arena, "%s" TREE "%s%s%s", m->commit, got, *m->may ? " " : "", m->may));
	map_set(&s->imports, m->at.pin, m);
	return 0;
}

int
imports_open(void *session, const char *address, struct arena *a, struct file_ref *out, struct err *err)
{
	struct session *s = session;
	struct import *m = arena_new(&s->arena, struct import);
	const char *path;

	if (use_address_parse(address, &s->arena, &m->at, err) < 0)
		return -1;
	path = m->at.path;
	if (map_get(&s->imports, m->at.pin))
		m = map_get(&s->imports, m->at.pin);
	else if (open_import(s, m, err) < 0)
		return -1;
	if (!path)
		path = imports_oci_main(m, &s->arena);
	*out = (struct file_ref){.root = arena_strdup(a, m->root), .rel = arena_strdup(a, path), .shown = address};
	return 0;
}

bool
imports_named(const struct cli *cli, const char *pin)
{
	const char *url = pin + strcspn(pin, ":") + 1;
	cleanup_free char *plain = xstrndup(url, strcspn(url, "#"));
	const char *base = path_base(plain);

	for (int i = 1; i < cli->argc; i++) {
		const char *name = cli->argv[i];
		size_t n = strlen(name);

		if (!strcmp(name, pin) || !strcmp(name, url) ||
		    (!strncmp(base, name, n) && (!base[n] || !strcmp(base + n, ".git"))))
			return true;
	}
	return cli->argc == 1;
}
