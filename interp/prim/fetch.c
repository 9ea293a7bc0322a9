/* fetch: a file from an address, a Debian package, or a file that a person stages */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/b4.h"
#include "data/debian.h"
#include "data/mail.h"
#include "data/schema.h"
#include "data/staged.h"
#include "model/fetch_b4.h"
#include "model/fetch_deb.h"
#include "model/fetch_dsc.h"
#include "model/fetch_staged.h"
#include "model/job.h"
#include "model/prim.h"
#include "os/url.h"

#define SHAPE "E0911"

struct fetch_params {
	const char *url;
	const char *sha256;
	int64_t max_size;
	const char *name;
	const char *deb, *dsc, *b4, *version, *arch;
	struct source file;
	struct source folder; /* after expand: where it really is, when it is there */
	struct strings holds;
	const char *get;
	const char *absent; /* the folder's name, when it is not there */
};

static const struct param params[] = {
	PARAM(fetch_params, url, P_STRING, P_OPERAND | P_PLAIN | P_ADDRESS, "The address: https, http or file:///."),
	PARAM(fetch_params, sha256, P_SHA256, 0, "The SHA-256 that the file must have; an address needs it."),
	PARAM(fetch_params, max_size, P_SIZE, P_NOKEY, "Stop when the file is larger, such as \"4G\"."),
	PARAM(fetch_params, name, P_PATH, 0, "The file's name in the result, when not the last part of the address."),
	PARAM(fetch_params, deb, P_STRING, P_PLAIN, "A Debian package; the result is what it holds."),
	PARAM(fetch_params, dsc, P_STRING, P_PLAIN | P_ADDRESS,
	      "A Debian source package, or the address of its .dsc (with `sha256`); the result is the .dsc with all files that it lists, "
	      "for `debian_source`."),
	PARAM(fetch_params, b4, P_STRING, P_PLAIN | P_ADDRESS,
	      "A series of patches by mail: the message-id of one of its mails, or the address of that in an archive; the result is the mailbox "
	      "that `b4 am` makes of the thread, `series.mbx` unless `name` says another."),
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

static bool
is_url(const char *s)
{
	return s && strstr(s, "://");
}

/* What goes with what. */
static int
check_pairs(const struct fetch_params *p, struct err *err)
{
	bool folder = p->folder.kind != SRC_NONE, named = p->deb || (p->dsc && !is_url(p->dsc));
	const struct {
		bool wrong;
		const char *sentence, *word;
	} rules[] = {
		{p->version && !named, "`%s` belongs to `deb` and `dsc`", "version"},
		{p->arch && !p->deb, "`%s` belongs to `deb`", "arch"},
		{p->sha256 && named, "`%s` does not go with a Debian package's name: the lock pins the package",
		 "sha256"},
		{p->name && p->deb, "`%s` does not go with `deb`: the lock pins the package", "name"},
		{p->name && p->dsc, "`%s` does not go with `dsc`", "name"},
		{p->name && p->b4 && !mail_is_box(p->name), "`%s` of a mailbox ends in `.mbx` or `.mbox`", "name"},
		{p->folder.kind == SRC_REF, "`%s` is the name of a folder, not a step", "folder"},
		{p->sha256 && folder, "`%s` does not go with `folder`", "sha256"},
		{p->name && folder, "`%s` does not go with `folder`", "name"},
		{p->get && p->file.kind != SRC_FILE && p->folder.kind != SRC_FILE,
		 "`%s` belongs to `file` and `folder`: it says how a person gets it", "get"},
		{p->holds.n && !folder, "`%s` belongs to `folder`: it says what must lie in it", "holds"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (rules[i].wrong)
			return err_set(err, SHAPE, rules[i].sentence, rules[i].word);
	if (p->name && strchr(p->name, '/'))
		return err_set(err, SHAPE, "`name` is a file name, not a path: `%s`", p->name);
	return 0;
}

static int
check_shape(const struct fetch_params *p, struct err *err)
{
	int kinds =
		!!p->url + !!p->deb + !!p->dsc + !!p->b4 + (p->file.kind == SRC_FILE) + (p->folder.kind != SRC_NONE);

	if (kinds == 1)
		return check_pairs(p, err);
	err_set(err, SHAPE,
		kinds ? "fetch takes one of an address, `deb`, `dsc`, `b4`, `file` and `folder`, not several"
		      : "fetch needs an address, `deb`, `dsc`, `b4`, `file` or `folder`");
	return err_help(
		err,
		"fetch { \"https://…\", sha256 = \"…\" }, fetch { deb = \"…\" }, fetch { file = \"…\", get = \"…\" }");
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
check_dsc_url(const char *url, struct err *err)
{
	if (url_check(url, err) < 0)
		return -1;
	if (!str_ends(url, ".dsc") || strpbrk(url, "?#"))
		return err_set(err, SHAPE, "the address `%s` does not end in `.dsc`", url);
	return 0;
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
	if (is_url(p->dsc))
		return check_dsc_url(p->dsc, err);
	if (p->b4)
		return b4_check(p->b4, err);
	if ((p->deb && !debian_name_ok(p->deb)) || (p->dsc && !debian_name_ok(p->dsc)))
		return err_set(err, SHAPE, "`%s` is not the name of a Debian package", p->deb ? p->deb : p->dsc);
	if (p->version && !debian_version_ok(p->version))
		return err_set(err, SHAPE, "`%s` is not the version of a Debian package", p->version);
	return 0;
}

/* pin: what stands in the lock where the recipe has no hash */

/* The address that a hash is of. */
static const char *
address(const struct fetch_params *p)
{
	return is_url(p->dsc) ? p->dsc : p->url;
}

static int
pin_name(const void *arg, struct str *name)
{
	const struct fetch_params *p = arg;
	cleanup_free char *url = address(p) ? url_pinned(address(p)) : NULL;

	if (p->deb || (p->dsc && !is_url(p->dsc)))
		str_addf(name, "%s:%s%s%s%s%s", p->deb ? "deb" : "dsc", p->deb ? p->deb : p->dsc, p->arch ? ":" : "",
			 p->arch ? p->arch : "", p->version ? "=" : "", p->version ? p->version : "");
	else if (!p->sha256 && p->b4)
		str_addf(name, "b4:%s", p->b4);
	else if (!p->sha256 && p->folder.kind == SRC_NONE)
		str_addf(name, "%s:%s", url ? "url" : "file", url ? url : file_name(p));
	return 0;
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

static int
pin(const struct pin_request *rq, struct str *text, struct err *err)
{
	const struct fetch_params *p = rq->params;
	cleanup_arena struct arena a = {0};
	cleanup_str struct str why = {0};
	struct deb d;

	if (p->file.kind == SRC_FILE)
		return fetch_staged_pin(&p->file.file, rq, rq->locked && absent(p, &why), text, err);
	if (rq->locked) {
		str_add(text, rq->locked);
		return 0;
	}
	if (address(p)) {
		err_set(err, SHAPE, "the address `%s` has no `sha256`, neither here nor in jkr.lock", address(p));
		return err_help(err, "download it once, look at it, and add sha256 = \"…\" (`sha256sum FILE`)");
	}
	if (p->b4)
		return fetch_b4_pin(p->b4, rq->offline, text, err);
	if (p->deb ? debian_find(p->deb, p->version, p->arch, &a, &d, err)
		   : debian_find_source(p->dsc, p->version, &a, &d, err))
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
	if (p->b4)
		return fetch_b4_size(pinned);
	if (p->url || is_url(p->dsc) || !pinned || deb_parse(pinned, &a, &d) < 0)
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
	if (!pinned || !str_starts(pinned, "sha256:"))
		return NULL;
	pinned += strlen("sha256:");
	return arena_strndup(job_arena(job), pinned, strcspn(pinned, " ")); /* `jkr lock` notes the size behind it */
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
	return fetch_put(job, name, fd, err);
}

static int
run_dsc(struct job *job, const char *dsc, const char *sha256, struct err *err)
{
	if (!is_url(dsc))
		return fetch_dsc(job, dsc, err);
	if (!sha256)
		return err_set(err, SHAPE, "the address `%s` has no `sha256`", dsc);
	return fetch_dsc_url(job, dsc, sha256, err);
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct fetch_params *p = arg;

	if (p->deb)
		return fetch_deb(job, p->deb, p->arch, err);
	if (p->dsc)
		return run_dsc(job, p->dsc, wanted_hash(job, p), err);
	if (p->b4)
		return fetch_b4(job, p->b4, p->name ? p->name : "series.mbx", wanted_hash(job, p), !p->sha256, err);
	if (p->folder.kind == SRC_FILE)
		return fetch_staged_folder(job, &p->folder, err);
	return p->url ? run_url(job, p, err)
		      : fetch_staged(job, &p->file.file, p->name ? p->name : file_name(p), wanted_hash(job, p),
				     !p->sha256, err);
}

const struct prim prim_fetch = {
	.name = "fetch",
	.doc = "Gets a file from an address, a Debian package or source package, a series of patches from an archive of mails, or a file or folder that a person stages. Every file is verified: by the "
	       "recipe's sha256, or by what jkr.lock pins.",
	.params = params,
	.size = sizeof(struct fetch_params),
	.version = 1,
	.flags = PRIM_NETWORK | PRIM_IMPURE,
	.example = "local deb = fetch \"linux-deb\" { deb = \"linux-source-6.12\" }\n"
		   "local src = fetch { \"https://example.org/driver-1.2.tar.xz\", sha256 = \"…\" }\n"
		   "local hello = fetch { dsc = \"hello\" }\n"
		   "local series = fetch { b4 = \"20240101120000.1-1-author@example.org\" }\n"
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
