#include "cli/outgoing.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/head.h"
#include "cli/received.h"
#include "cli/sign_content.h"
#include "cli/userfile.h"
#include "data/archive_write.h"
#include "os/fs.h"

#define WRONG "E0932"

enum { SIGNATURE_MAX = 64 << 10 };

/* -- what goes ------------------------------------------------------------------------------------------------------
 */
/* The commit, laid out as who takes it lays it out. */
static int
collect_head(struct outgoing *o, const struct cli *cli, struct head *h, struct err *err)
{
	cleanup_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), to = -1;
	const char *path = arena_printf(&o->files.arena, "%s/tmp/%s/files", store_path(o->store), o->tmp);

	if (head_find(h, err))
		return -1;
	head_say_dirty(cli, h, "pushed");
	memcpy(o->revision, h->commit, sizeof o->revision);
	if (mkdir(path, 0755) || (to = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return err_sys(err, "E0804", "cannot write into the store");
	if (content_lay_out(root, h->git + 1, h->commit, to, err) ||
	    content_texts(root, h->git + 1, h->commit, &o->said, err))
		return -1;
	return sources_add(&o->files, "", path, "", err);
}

/* What says who signed it is no content. */
static int
take_texts(struct outgoing *o, struct err *err)
{
	struct sources_out *f = &o->files;
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		struct str *to = content_text(&o->said, f->v[i].e.path);

		if (!to)
			f->v[n++] = f->v[i];
		else if (!f->v[i].from || userfile_read(f->v[i].from, to, SIGNATURE_MAX))
			return err_sys(err, WRONG, "cannot read `%s`", f->v[i].e.path);
	}
	f->n = n;
	return 0;
}

static int
collect_folder(struct outgoing *o, const struct cli *cli, const char *dir, struct err *err)
{
	cleanup_free char *git = xasprintf("%s/.git", dir), *real = xrealpath(dir);
	struct head h = {.dir = dir};
	int r;

	if (!real)
		return err_sys(err, WRONG, "cannot read `%s`", dir);
	if (!access(git, F_OK)) {
		r = collect_head(o, cli, &h, err);
		head_free(&h);
		return r;
	}
	r = sources_add(&o->files, "", arena_strdup(&o->files.arena, real), "", err);
	return r ? -1 : take_texts(o, err);
}

static int
collect_recipe(struct outgoing *o, struct cli *cli, const char *name, struct err *err)
{
	struct session s;
	int r = session_load(&s, cli, name, err);

	o->files.plain = true;
	if (!r)
		r = session_open_project(&s, err);
	if (!r)
		r = sources_of_project(&o->files, &s, err);
	session_close(&s);
	return r ? -1 : take_texts(o, err);
}

static int
by_path(const void *x, const void *y)
{
	return path_cmp(((const struct source_file *)x)->e.path, ((const struct source_file *)y)->e.path);
}

/* What nobody would take in is not pushed; and what all of it is. */
static int
look(struct outgoing *o, struct err *err)
{
	struct sources_out *f = &o->files;
	struct tree all = {.n = f->n};
	struct hash id;

	qsort(f->v, f->n, sizeof *f->v, by_path);
	all.v = arena_array(&f->arena, struct entry, f->n + 1);
	for (size_t i = 0; i < f->n; i++)
		all.v[i] = f->v[i].e;
	for (size_t i = 0; i < f->n; i++) {
		const char *why = received_fault(&all, &all.v[i]);

		if (why)
			return err_set(err, WRONG, "`%s` cannot be pushed: it %s", all.v[i].path, why);
	}
	id = tree_identity(&all, "");
	hash_hex(&id, o->tree);
	return 0;
}

/* -- who signed it --------------------------------------------------------------------------------------------------
 */
static int
sign(struct outgoing *o, const struct cli *cli, const struct signing_key *key, struct err *err)
{
	const char *path = arena_printf(&o->files.arena, "%s/tmp/%s/" CONTENT, store_path(o->store), o->tmp);
	const char *minisig = arena_printf(&o->files.arena, "%s.minisig", path);
	const char *sshsig = arena_printf(&o->files.arena, "%s.sig", path);
	struct cli quiet = *cli;

	quiet.quiet = true;
	content_texts_free(&o->said);
	memset(&o->said, 0, sizeof o->said);
	if (sign_tree(&quiet, o->tree, path, key, err))
		return -1;
	if (userfile_read(path, &o->said.text, SIGNATURE_MAX) ||
	    (!access(minisig, F_OK) && userfile_read(minisig, &o->said.minisig, SIGNATURE_MAX)) ||
	    (!access(sshsig, F_OK) && userfile_read(sshsig, &o->said.sshsig, SIGNATURE_MAX)))
		return err_sys(err, WRONG, "cannot read the signature");
	return 0;
}

/* A signature of something else would be refused by everybody who asks for one. */
static int
check_said(const struct outgoing *o, const char *what, struct err *err)
{
	char said[HASH_HEX];

	if (!o->said.text.len || (!content_parse(&o->said.text, said) && !strcmp(said, o->tree)))
		return 0;
	err_set(err, WRONG, "`%s` does not hold what its " CONTENT " says: something was changed after `jkr sign`",
		what);
	return err_help(err, "sign it again, or take " CONTENT " and its signatures away");
}

int
outgoing_collect(struct outgoing *o, struct cli *cli, const char *what, const struct signing_key *key, struct err *err)
{
	cleanup_fd int in = -1;
	struct stat st;
	int r;

	*o = (struct outgoing){.store = store_open(cli->store, true, err)};
	if (!o->store)
		return -1;
	in = store_tmp(o->store, o->tmp, err);
	if (in < 0)
		return -1;
	r = !stat(what, &st) && S_ISDIR(st.st_mode) ? collect_folder(o, cli, what, err)
						    : collect_recipe(o, cli, what, err);
	if (!r && !o->files.n)
		return err_set(err, WRONG, "`%s` holds nothing that could be pushed", what);
	r = r || look(o, err) ? -1 : 0;
	if (!r && key)
		return sign(o, cli, key, err);
	return r ? -1 : check_said(o, what, err);
}

/* -- as a tar -------------------------------------------------------------------------------------------------------
 */
static int
put_all(struct outgoing *o, struct arc_out *out, struct err *err)
{
	for (size_t i = 0; i < o->files.n; i++) {
		const struct source_file *f = &o->files.v[i];
		const struct member m = {
			.name = f->e.path, .target = f->e.target, .size = f->e.size, .mode = f->e.mode, .mtime = 1};
		cleanup_fd int fd = f->from ? open(f->from, O_RDONLY | O_CLOEXEC) : -1;

		if (f->from && fd < 0)
			return err_sys(err, WRONG, "cannot read `%s`", f->e.path);
		if (arc_out_add(out, &m, fd, err))
			return -1;
	}
	return arc_out_end(out, err);
}

int
outgoing_layer(struct outgoing *o, struct err *err)
{
	const struct arc_out_opts opts = {.format = "tar.zst", .threads = 1};
	cleanup_free char *folder = xasprintf("%s/tmp/%s", store_path(o->store), o->tmp);
	cleanup_fd int fd = open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	struct arc_out *out = fd < 0 ? NULL : arc_out_open(fd, &opts, err);
	int r;

	if (fd < 0)
		return err_sys(err, "E0804", "cannot write into the store");
	r = out ? put_all(o, out, err) : -1;
	arc_out_free(out);
	if (!r && lseek(fd, 0, SEEK_SET))
		r = err_sys(err, "E0804", "cannot read back what was written");
	return r ? -1 : steal_fd(&fd);
}

void
outgoing_free(struct outgoing *o)
{
	sources_free(&o->files);
	content_texts_free(&o->said);
	if (*o->tmp)
		store_discard(o->store, o->tmp);
	if (o->store)
		store_close(o->store);
}
