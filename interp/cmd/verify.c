/* verify: whether a bundle, a folder or a machine is what was built */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "cli/show.h"
#include "cli/sign_content.h"
#include "cli/verify.h"
#include "data/json.h"
#include "cli/userfile.h"
#include "os/fs.h"

enum { LIST_MAX = 64 << 20 };

static int
take_signature(struct verify *v, const struct signed_text *t, struct err *err)
{
	const char *got = verify_signature(v->cli, t, err);

	if (!got)
		return -1;
	v->signature = got;
	if (!strcmp(got, "unchecked") && !v->cli->quiet)
		fprintf(stderr, "note: `%s` is signed, which was not checked: give --pubkey FILE or --gpg\n", t->name);
	return 0;
}

/* A list with --root: its files below a folder, whatever else lies there. */

static int
check_below(struct verify *v, const struct checklist *l, struct err *err)
{
	cleanup_fd int root = open(v->cli->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return err_sys(err, "E1208", "cannot open the folder `%s`", v->cli->root);
	for (size_t i = 0; i < l->n; i++) {
		cleanup_fd int fd = fs_open(root, l->v[i].path, O_RDONLY | O_NONBLOCK);
		struct hash h;
		struct stat st;

		if (fd < 0 && errno != ENOENT && errno != ENOTDIR)
			return err_sys(err, "E1208", "cannot open `%s/%s`", v->cli->root, l->v[i].path);
		if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
			drift_add(&v->drift, l->v[i].path, "missing", v->shown, fd < 0 ? "" : "is no file");
		else if (hash_fd(fd, &h, NULL))
			return err_sys(err, "E1208", "cannot read `%s/%s`", v->cli->root, l->v[i].path);
		else if (hash_cmp(&h, &l->v[i].hash))
			drift_add(&v->drift, l->v[i].path, "differs", v->shown, "has other bytes");
		else
			v->drift.equal++;
	}
	return drift_tell(&v->drift, 0, "E1202", arena_printf(&v->drift.arena, "below `%s`", v->cli->root),
			  arena_printf(&v->drift.arena, "as `%s` says", v->shown), err);
}

static int
read_beside(const char *name, const char *end, struct str *out, struct err *err)
{
	cleanup_free char *path = xasprintf("%s%s", name, end);

	if (!userfile_read(path, out, 1 << 20))
		return 0;
	return errno == ENOENT ? 0 : err_sys(err, "E1208", "cannot read `%s`", path);
}

static int
verify_list(struct verify *v, struct err *err)
{
	cleanup_str struct str text = {0}, sig = {0}, asc = {0};
	cleanup_arena struct arena a = {0};
	struct checklist l;
	struct signed_text t;

	if (userfile_read(v->shown, &text, LIST_MAX)) {
		bool folder = errno == EISDIR;

		err_sys(err, "E1208", "cannot read the list `%s`", v->shown);
		return folder ? err_help(
					err,
					"with --root a list is compared, such as batch-01.sha256 in it; without, the bundle")
			      : -1;
	}
	if (read_beside(v->shown, ".sig", &sig, err) || read_beside(v->shown, ".asc", &asc, err))
		return -1;
	t = (struct signed_text){.name = v->shown,
				 .text = str_text(&text),
				 .ntext = text.len,
				 .sig = sig.s,
				 .asc = asc.s,
				 .nsig = sig.len,
				 .nasc = asc.len};
	if (take_signature(v, &t, err) || checklist_parse(t.text, t.ntext, v->shown, &a, &l, err))
		return -1;
	v->lists++;
	return check_below(v, &l, err);
}

/* A bundle */

/* `path` is one of the files that come with a list, and which no list names. */
static bool
is_about(const char *path)
{
	return str_ends(path, ".sha256") || str_ends(path, ".sha256.sig") || str_ends(path, ".sha256.asc");
}

/* Names in a list start where the list lies. */
static const char *
beside(struct arena *a, const char *list, const char *name)
{
	return arena_printf(a, "%.*s%s", (int)(path_base(list) - list), list, name);
}

static int
compare_list(struct verify *v, const struct content *list, const struct checklist *l, struct err *err)
{
	struct arena *a = &v->drift.arena;
	size_t first = v->drift.n;
	const char *folder = beside(a, list->path, "");

	for (size_t i = 0; i < l->n; i++) {
		const char *path = beside(a, list->path, l->v[i].path);
		const struct content *f = contents_find(&v->bundle, path);

		if (f && !hash_cmp(&f->hash, &l->v[i].hash))
			v->drift.equal++;
		else
			drift_add(&v->drift, path, f ? "differs" : "missing", list->path, f ? "has other bytes" : "");
	}
	for (size_t i = 0; i < v->bundle.n; i++) {
		const struct content *f = &v->bundle.v[i];

		if (!f->inside && str_starts(f->path, folder) && !is_about(f->path) &&
		    !checklist_find(l, f->path + strlen(folder)))
			drift_add(&v->drift, f->path, "extra", list->path, "is not on the list");
	}
	return drift_tell(&v->drift, first, "E1202", arena_printf(a, "of `%s`", v->shown),
			  arena_printf(a, "as `%s` says", list->path), err);
}

static int
check_list(struct verify *v, const struct content *list, struct err *err)
{
	cleanup_arena struct arena a = {0};
	const struct content *sig = contents_find(&v->bundle, arena_printf(&a, "%s.sig", list->path));
	const struct content *asc = contents_find(&v->bundle, arena_printf(&a, "%s.asc", list->path));
	struct signed_text t = {.name = list->path,
				.text = list->text,
				.ntext = list->ntext,
				.sig = sig ? sig->text : NULL,
				.asc = asc ? asc->text : NULL,
				.nsig = sig ? sig->ntext : 0,
				.nasc = asc ? asc->ntext : 0};
	struct checklist l;

	v->lists++;
	if (checklist_parse(list->text, list->ntext, list->path, &a, &l, err))
		return -1;
	return take_signature(v, &t, err) | compare_list(v, list, &l, err);
}

/* Whether a file of the bundle is read as what its name says. One that a list tells to differ is not what was built,
 * and need not even be JSON. */
static bool
looked_at(const struct verify *v, size_t i, const char *pattern)
{
	const struct content *f = &v->bundle.v[i];

	if (f->inside || !f->text || fnmatch(pattern, path_base(f->path), 0) != 0)
		return false;
	for (size_t k = 0; k < v->drift.n; k++)
		if (!strcmp(v->drift.v[k].file, f->path))
			return false;
	return true;
}

/* Every list, then every manifest is looked at, so that all mistakes are told at once. */
static int
verify_bundle(struct verify *v, struct err *err)
{
	int r = contents_read(&v->bundle, v->shown, err);
	bool whole = !err_any(&v->bundle.unread);

	for (size_t i = 0; !r && i < v->bundle.n; i++)
		if (looked_at(v, i, "*.sha256"))
			check_list(v, &v->bundle.v[i], err);
	for (size_t i = 0; !r && whole && i < v->bundle.n; i++)
		if (looked_at(v, i, "BUILD_MANIFEST.json"))
			verify_manifest(v, &v->bundle.v[i], err);
	/* a damaged archive that a list tells is drift like any other file; what it holds cannot be compared */
	if (!r && !whole && !err_any(err))
		err_move(err, &v->bundle.unread);
	if (!whole)
		return -1;
	if (!r && !err_any(err) && !v->lists && (v->cli->pubkey || v->cli->gpg || (!v->manifests && !v->cli->host))) {
		err_set(err, "E1205", "`%s` holds no list `*.sha256`%s", v->shown,
			v->cli->pubkey || v->cli->gpg ? ", and only lists are signed" : " and no BUILD_MANIFEST.json");
		return err_help(err, "`checksums` in a recipe makes the list of what is delivered");
	}
	if (!r && v->cli->host)
		verify_host(v, v->cli->host, err);
	return r || err_any(err) ? -1 : 0;
}

static void
print(const struct verify *v, bool good)
{
	cleanup_json struct json *j = NULL;
	cleanup_str struct str text = {0};

	if (!wants_json(v->cli)) {
		drift_print(&v->drift, stdout);
		if (good && !v->cli->quiet)
			printf("%s: %zu %s as it should be%s%s%s\n", v->shown, v->drift.equal,
			       v->drift.equal == 1 ? "thing is" : "things are", v->cli->host ? ", here and on " : "",
			       v->cli->host ? v->cli->host : "", !strcmp(v->signature, "good") ? ", and signed" : "");
		return;
	}
	j = json_object();
	json_string(j, "bundle", v->shown);
	json_string(j, "host", v->cli->host);
	json_bool(j, "good", good);
	json_uint(j, "lists", v->lists);
	json_uint(j, "manifests", v->manifests);
	json_string(j, "signature", v->signature);
	drift_json(&v->drift, j);
	json_print(j, true, &text);
	fputs(str_text(&text), stdout);
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct verify v = {.cli = cli, .shown = cli->argv[0], .signature = "none"};
	int r;

	if (cli->root && cli->host) {
		err_set(err, "E1003", "`--root` goes with a list and `--host` with a bundle: give one of them");
		return ST_USAGE;
	}
	if (!cli->root && str_ends(v.shown, ".sha256")) {
		err_set(err, "E1205", "`%s` is a list: say with --root where its files lie", v.shown);
		return err_status(err);
	}
	if (!cli->root && content_is_signed(v.shown))
		return verify_content(cli, v.shown, err) ? err_status(err) : ST_OK;
	r = cli->root ? verify_list(&v, err) : verify_bundle(&v, err);
	if (!r || v.drift.n)
		print(&v, !r);
	contents_free(&v.bundle);
	drift_free(&v.drift);
	return r ? err_status(err) : ST_OK;
}

const struct command cmd_verify = {
	.name = "verify",
	.usage = "BUNDLE|LIST|DIR",
	.doc = "Say whether a bundle is what was built. A bundle is a folder or an archive: each list `*.sha256` in it is compared with the "
	       "files beside it, and its BUILD_MANIFEST.json with what was built; what differs, is missing or not listed is drift. "
	       "LIST with --root compares a list with the files below a folder, such as a mounted root file system. With --host a "
	       "machine is asked over ssh: its running release and kernel, the image in /boot and every module must be the bundle's. With "
	       "--pubkey or --gpg every list must be signed. Drift is exit status 3. DIR is a git repository of recipes: what its HEAD holds must be "
	       "what was signed, with --pubkey by that key (minisign's, of ssh, or PEM), else by one of `trusted_keys` in jkr.yaml.",
	.options = "root host pubkey gpg format",
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
