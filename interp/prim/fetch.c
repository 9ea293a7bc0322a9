/* fetch: a file from an address, a Debian package, or a file that a person stages */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/debian.h"
#include "data/schema.h"
#include "data/staged.h"
#include "model/fetch_deb.h"
#include "model/files.h"
#include "model/gather.h"
#include "model/job.h"
#include "model/prim.h"
#include "os/url.h"

#define WRONG_HASH "E0905"
#define SHAPE "E0911"

struct fetch_params {
	const char *url;
	const char *sha256;
	int64_t max_size;
	const char *name;
	const char *deb, *version, *arch;
	struct source file;
	struct source folder; /* after expand: where it really is, when it is there */
	struct strings holds;
	const char *get;
	const char *absent; /* the folder's name, when it is not there */
};

static const struct param params[] = {
	PARAM(fetch_params, url, P_STRING, P_OPERAND | P_PLAIN, "The address: https, http or file:///."),
	PARAM(fetch_params, sha256, P_SHA256, 0, "The SHA-256 that the file must have; an address needs it."),
	PARAM(fetch_params, max_size, P_SIZE, P_NOKEY, "Stop when the file is larger, such as \"4G\"."),
	PARAM(fetch_params, name, P_PATH, 0, "The file's name in the result, when not the last part of the address."),
	PARAM(fetch_params, deb, P_STRING, P_PLAIN, "A Debian package; the result is what it holds."),
	PARAM(fetch_params, version, P_STRING, P_PLAIN, "The package's version, when not the one that the lock pins."),
	PARAM(fetch_params, arch, P_STRING, P_PLAIN, "The package's Debian architecture, such as \"arm64\"."),
	PARAM(fetch_params, file, P_FILE, P_NOKEY,
	      "The name of a file that a person stages beside the recipe or in `downloads`, in any case of letters."),
	PARAM(fetch_params, folder, P_SOURCE, 0,
	      "The name of a folder that a person stages in the same places, such as a vendor's source tree; it enters by what it holds, "
	      "without `.git`."),
	PARAM(fetch_params, holds, P_PATH, P_LIST,
	      "What must lie in the folder: one without it is another vendor's or half unpacked, and counts as not staged."),
	PARAM(fetch_params, get, P_STRING, P_NOKEY, "How a person gets what is staged."),
	{0},
};

static const char *
file_name(const struct fetch_params *p)
{
	return p->file.kind == SRC_FILE ? path_base(p->file.file.rel) : "";
}

/* check: what the table cannot say */

static int
check_shape(const struct fetch_params *p, struct err *err)
{
	int kinds = !!p->url + !!p->deb + (p->file.kind == SRC_FILE) + (p->folder.kind != SRC_NONE);

	if (kinds != 1) {
		err_set(err, SHAPE,
			kinds ? "fetch takes one of an address, `deb`, `file` and `folder`, not several"
			      : "fetch needs an address, `deb`, `file` or `folder`");
		return err_help(
			err,
			"fetch { \"https://…\", sha256 = \"…\" }, fetch { deb = \"…\" }, fetch { file = \"…\", get = \"…\" }");
	}
	if ((p->version || p->arch) && !p->deb)
		return err_set(err, SHAPE, "`%s` belongs to `deb`", p->version ? "version" : "arch");
	if (p->deb && (p->sha256 || p->name))
		return err_set(err, SHAPE, "`%s` does not go with `deb`: the lock pins the package",
			       p->sha256 ? "sha256" : "name");
	if (p->folder.kind == SRC_REF)
		return err_set(err, SHAPE, "`folder` is the name of a folder, not a step");
	if (p->folder.kind != SRC_NONE && (p->sha256 || p->name))
		return err_set(err, SHAPE, "`%s` does not go with `folder`", p->sha256 ? "sha256" : "name");
	if (p->get && p->file.kind != SRC_FILE && p->folder.kind != SRC_FILE)
		return err_set(err, SHAPE, "`get` belongs to `file` and `folder`: it says how a person gets it");
	if (p->holds.n && p->folder.kind == SRC_NONE)
		return err_set(err, SHAPE, "`holds` belongs to `folder`: it says what must lie in it");
	if (p->name && strchr(p->name, '/'))
		return err_set(err, SHAPE, "`name` is a file name, not a path: `%s`", p->name);
	return 0;
}

/* The last part of an address, without what follows a question mark. NULL when it is no file name. */
static char *
url_name(const char *url, struct arena *a)
{
	const char *path = strstr(url, "://") + 3;
	size_t len = strcspn(path, "?#");
	const char *slash = memrchr(path, '/', len);
	char *name = slash ? arena_strndup(a, slash + 1, len - (size_t)(slash + 1 - path)) : NULL;

	return name && *name && strcmp(name, ".") && strcmp(name, "..") ? name : NULL;
}

static int
check(const void *arg, struct err *err)
{
	const struct fetch_params *p = arg;
	cleanup_arena struct arena a = {0};

	if (check_shape(p, err) < 0)
		return -1;
	if (p->url && url_check(p->url, err) < 0)
		return -1;
	if (p->url && !p->name && !url_name(p->url, &a))
		return err_set(err, SHAPE, "the address `%s` does not end with a file name: give `name`", p->url);
	if (p->deb && !debian_name_ok(p->deb))
		return err_set(err, SHAPE, "`%s` is not the name of a Debian package", p->deb);
	if (p->version && !debian_version_ok(p->version))
		return err_set(err, SHAPE, "`%s` is not the version of a Debian package", p->version);
	return 0;
}

/* pin: what stands in the lock where the recipe has no hash */

static int
pin_name(const void *arg, struct str *name)
{
	const struct fetch_params *p = arg;

	if (p->deb)
		str_addf(name, "deb:%s%s%s%s%s", p->deb, p->arch ? ":" : "", p->arch ? p->arch : "",
			 p->version ? "=" : "", p->version ? p->version : "");
	else if (!p->sha256 && p->folder.kind == SRC_NONE)
		str_addf(name, "%s:%s", p->url ? "url" : "file", p->url ? p->url : file_name(p));
	return 0;
}

static int
open_staged(const struct fetch_params *p, struct str *path, struct err *err)
{
	int found = staged_find(&p->file.file, path, err);
	int fd;

	if (found < 0)
		return -1;
	if (!found)
		return err_set(err, "E0909", "the file `%s` is not staged", file_name(p));
	fd = open(path->s, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? err_sys(err, "E0909", "cannot open `%s`", path->s) : fd;
}

/* The folder takes its real place, so that it enters the key by content like any folder of the project. */
static int
expand(void *arg, struct arena *a, struct err *err)
{
	struct fetch_params *p = arg;
	int found;

	if (p->folder.kind != SRC_FILE)
		return 0;
	p->absent = path_base(p->folder.file.rel);
	found = staged_find_real(&p->folder.file, true, a, &p->folder.file, err);
	if (found > 0)
		p->absent = NULL;
	return found < 0 ? -1 : 0;
}

/* The first of `holds` that the staged folder lacks, or NULL. */
static const char *
lacking(const struct fetch_params *p)
{
	cleanup_fd int root = -1;

	if (!p->holds.n || p->absent || p->folder.kind != SRC_FILE)
		return NULL;
	root = open(p->folder.file.root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < p->holds.n; i++) {
		cleanup_free char *path = xasprintf("%s/%s", p->folder.file.rel, p->holds.v[i]);

		if (root < 0 || faccessat(root, path, F_OK, AT_EACCESS))
			return p->holds.v[i];
	}
	return NULL;
}

static int
absent(const void *arg, struct str *why)
{
	const struct fetch_params *p = arg;
	cleanup_str struct str path = {0}, folders = {0};
	const char *part = lacking(p);
	struct err err = {0};
	int found = !p->absent;

	if (p->file.kind == SRC_FILE)
		found = staged_find(&p->file.file, &path, &err);
	err_free(&err); /* several that could be meant: pin or run says so */
	if (part) {
		str_addf(why, "the folder `%s` holds no `%s`", p->folder.file.shown, part);
		if (p->get)
			str_addf(why, ": %s", p->get);
		return 1;
	}
	if (found)
		return 0;
	staged_folders(p->absent ? &p->folder.file : &p->file.file, &folders);
	str_addf(why, "the %s `%s` is not staged", p->absent ? "folder" : "file", p->absent ? p->absent : file_name(p));
	if (p->get)
		str_addf(why, ": %s", p->get);
	str_addf(why, " (looked in %s)", str_text(&folders));
	return 1;
}

/* A staged file lies here: one that was replaced must not go unnoticed. The planner may know it without reading it. */
static int
pin_file(const struct fetch_params *p, const struct pin_request *rq, struct str *text, struct err *err)
{
	cleanup_arena struct arena a = {0};
	cleanup_str struct str why = {0};
	struct file_content c;
	struct file_ref real;
	char hex[HASH_HEX];
	int found;

	if (rq->locked && absent(p, &why)) {
		str_add(text, rq->locked);
		return 0;
	}
	found = staged_find_real(&p->file.file, false, &a, &real, err);
	if (found <= 0)
		return found ? -1 : err_set(err, "E0909", "the file `%s` is not staged", file_name(p));
	if (rq->file ? rq->file(rq->ctx, &real, &c, err) : files_hash(&real, NULL, NULL, &c, err))
		return -1;
	str_addf(text, "sha256:%s", hash_hex(&c.hash, hex));
	if (!rq->locked || !strcmp(rq->locked, text->s))
		return 0;
	err_set(err, WRONG_HASH, "`%s/%s` is not the file that jkr.lock pins", real.root, real.rel);
	err_help(err, "wanted %s", rq->locked);
	err_help(err, "got    %s", text->s);
	return err_help(err, "when the new file is right, run `jkr update`");
}

static int
pin(const struct pin_request *rq, struct str *text, struct err *err)
{
	const struct fetch_params *p = rq->params;
	cleanup_arena struct arena a = {0};
	struct deb d;

	if (p->file.kind == SRC_FILE)
		return pin_file(p, rq, text, err);
	if (rq->locked) {
		str_add(text, rq->locked);
		return 0;
	}
	if (p->url) {
		err_set(err, SHAPE, "the address `%s` has no `sha256`, neither here nor in jkr.lock", p->url);
		return err_help(err, "download it once, look at it, and add sha256 = \"…\" (`sha256sum FILE`)");
	}
	if (debian_find(p->deb, p->version, p->arch, &a, &d, err) < 0)
		return -1;
	deb_format(&d, text);
	return 0;
}

static long long
download(const void *arg, const char *pinned)
{
	const struct fetch_params *p = arg;
	cleanup_arena struct arena a = {0};
	struct deb d;

	if (p->file.kind == SRC_FILE || p->folder.kind == SRC_FILE || (p->url && str_starts(p->url, "file:")))
		return 0;
	if (!p->deb || !pinned || deb_parse(pinned, &a, &d) < 0)
		return -1;
	return (long long)d.size;
}

/* run */

/* The hash that the recipe or the lock asks for. */
static const char *
wanted_hash(struct job *job, const struct fetch_params *p)
{
	const char *pinned = job_pin(job);

	if (p->sha256)
		return p->sha256;
	return pinned && str_starts(pinned, "sha256:") ? pinned + 7 : NULL;
}

static int
put(struct job *job, const char *name, int fd, struct err *err)
{
	struct entry e = {.path = name, .mode = S_IFREG | 0644};

	return layer_put_fd(job_layer(job), &e, fd, err);
}

static int
run_url(struct job *job, const struct fetch_params *p, struct err *err)
{
	const char *name = p->name ? p->name : url_name(p->url, job_arena(job));
	const char *sha256 = wanted_hash(job, p);
	cleanup_fd int fd = -1;

	if (!sha256 || !name)
		return err_set(err, SHAPE, "the address `%s` has no `sha256`", p->url);
	fd = job_download(job, p->url, sha256, (uint64_t)p->max_size, err);
	if (fd < 0)
		return -1;
	job_record(job, p->url, sha256);
	return put(job, name, fd, err);
}

static int
run_file(struct job *job, const struct fetch_params *p, struct err *err)
{
	const char *name = p->name ? p->name : file_name(p), *want = wanted_hash(job, p);
	cleanup_str struct str path = {0};
	cleanup_fd int fd = open_staged(p, &path, err);
	const struct entry *e;
	char hex[HASH_HEX];

	if (fd < 0 || put(job, name, fd, err) < 0)
		return -1;
	e = layer_find(job_layer(job), name);
	if (!e || !want || strcmp(hash_hex(&e->digest, hex), want)) {
		err_set(err, WRONG_HASH, "`%s` is not the file that was asked for: its sha256 is another", path.s);
		err_help(err, "wanted %s", want ? want : "(nothing)");
		err_help(err, "got    %s", e ? hash_hex(&e->digest, hex) : "(nothing)");
		return p->sha256 ? -1 : err_help(err, "when the new file is right, run `jkr update`");
	}
	job_record(job, path_base(path.s), want);
	return 0;
}

static int
run_folder(struct job *job, const struct fetch_params *p, struct err *err)
{
	struct source one = p->folder;
	const struct sources list = {1, &one};
	const struct gather_opts opts = {0};
	const char *sub;
	const struct tree *t = job_folder(job, &p->folder, &sub, err);
	struct hash id;
	struct pieces all;
	char hex[HASH_HEX];

	if (!t || gather(job, &list, &opts, &all, err))
		return -1;
	for (size_t i = 0; i < all.n; i++)
		if (piece_put(job, &all.v[i], all.v[i].path, -1, err))
			return -1;
	id = tree_identity(t, sub);
	job_record(job, arena_printf(job_arena(job), "folder:%s", path_base(p->folder.file.rel)), hash_hex(&id, hex));
	return 0;
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct fetch_params *p = arg;

	if (p->deb)
		return fetch_deb(job, p->deb, p->arch, err);
	if (p->folder.kind == SRC_FILE)
		return run_folder(job, p, err);
	return p->url ? run_url(job, p, err) : run_file(job, p, err);
}

const struct prim prim_fetch = {
	.name = "fetch",
	.doc = "Gets a file from an address, a Debian package, or a file or folder that a person stages. Every file is verified: by the "
	       "recipe's sha256, or by what jkr.lock pins.",
	.params = params,
	.size = sizeof(struct fetch_params),
	.version = 1,
	.flags = PRIM_NETWORK | PRIM_IMPURE,
	.example = "local deb = fetch \"linux-deb\" { deb = \"linux-source-6.12\" }\n"
		   "local src = fetch { \"https://example.org/driver-1.2.tar.xz\", sha256 = \"…\" }\n"
		   "local bsp = fetch { file = \"jetson_linux_r36.4.3_aarch64.tbz2\", sha256 = \"…\",\n"
		   "                    get = \"download the driver package from the vendor's page\" }\n"
		   "local driver = fetch { folder = \"vendor-driver\", holds = \"src/Makefile\",\n"
		   "                       get = \"unpack the vendor's drop\", optional = true }\n",
	.run = run,
	.check = check,
	.expand = expand,
	.pin_name = pin_name,
	.pin = pin,
	.download = download,
	.absent = absent,
};
