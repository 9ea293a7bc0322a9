/* image: a root file system for steps to run in */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/debian.h"
#include "data/mmdebstrap.h"
#include "data/rootfs_tar.h"
#include "data/schema.h"
#include "model/job.h"
#include "model/prim.h"
#include "model/unpack.h"
#include "os/url.h"

#define SHAPE "E0911"
#define FAILED "E0916"
#define MOVED "E0917"
#define MOVED_SHOWN 6

struct image_params {
	const char *suite;
	struct strings packages;
	const char *arch;
	const char *variant;
	const char *url, *sha256;
	struct source tarball;
	int64_t strip;
	const char *into;
};

static const char *const variants[] = {"essential", "apt", NULL};

static const struct param params[] = {
	PARAM(image_params, suite, P_STRING, P_PLAIN, "The Debian release, such as \"bookworm\"."),
	PARAM(image_params, packages, P_STRING, P_LIST | P_OPERAND | P_PLAIN,
	      "Debian packages beside the essential ones."),
	PARAM(image_params, arch, P_STRING, P_PLAIN,
	      "Debian architecture of the root file system; the machine's own when left out."),
	PARAM_CHOICE(image_params, variant, 0, variants, "essential",
		     "What is there without being named: the essential packages, or apt too."),
	PARAM(image_params, url, P_STRING, P_PLAIN | P_ADDRESS,
	      "A tarball that is unpacked over the packages, or instead of them."),
	PARAM(image_params, sha256, P_SHA256, 0, "The SHA-256 of what `url` gives."),
	PARAM(image_params, tarball, P_SOURCE, 0,
	      "A tarball of the project or of a step in place of `url`: what `file` of a toolchain becomes."),
	PARAM_RANGE(image_params, strip, P_INT, 0, 0, 64, NULL,
		    "Leading folders that are taken off the tarball's names."),
	PARAM(image_params, into, P_PATH, 0,
	      "Where the tarball goes; `opt/toolchain` when there are packages too, else the root."),
	{0},
};

static int
check_word(const char *what, const char *s, struct err *err)
{
	if (!s || (*s && *s != '-' && *s != '.' && !s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.-")]))
		return 0;
	return err_set(err, SHAPE, "`%s` is not %s", s, what);
}

static int
check(const void *arg, struct err *err)
{
	const struct image_params *p = arg;

	bool tarball = p->url || p->tarball.kind != SRC_NONE;

	if (!p->suite && !tarball) {
		err_set(err, SHAPE, "an image needs `suite` and `packages`, or the `url` of a tarball");
		return err_help(err, "image { suite = \"bookworm\", packages = { \"gcc\", \"make\" } }");
	}
	if (p->packages.n && !p->suite)
		return err_set(err, SHAPE, "`packages` need a `suite` to come from");
	if (p->url && p->tarball.kind != SRC_NONE)
		return err_set(err, SHAPE, "`url` and `tarball` exclude each other");
	if (p->url && !p->sha256)
		return err_set(err, SHAPE, "the tarball `%s` needs its `sha256`", p->url);
	if (!p->url && p->sha256)
		return err_set(err, SHAPE, "`sha256` belongs to a tarball, and there is no `url`");
	if (!tarball && (p->strip || p->into))
		return err_set(err, SHAPE, "`%s` belongs to a tarball, and there is no `url`",
			       p->strip ? "strip" : "into");
	for (size_t i = 0; i < p->packages.n; i++)
		if (!debian_name_ok(p->packages.v[i])) {
			err_set(err, SHAPE, "`%s` is not the name of a Debian package", p->packages.v[i]);
			return p->packages.at ? err_at(err, p->packages.at[i]) : -1;
		}
	if (check_word("a Debian release", p->suite, err) < 0 || check_word("a Debian architecture", p->arch, err) < 0)
		return -1;
	return p->url ? url_check(p->url, err) : 0;
}

static int
pin_name(const void *arg, struct str *name)
{
	const struct image_params *p = arg;

	if (!p->suite)
		return 0;
	str_addf(name, "image:%s%s%s%s", p->suite, p->arch ? "/" : "", p->arch ? p->arch : "",
		 strcmp(p->variant, "essential") ? "+apt" : "");
	for (size_t i = 0; i < p->packages.n; i++)
		str_addf(name, "%c%s", i ? ',' : ':', p->packages.v[i]);
	return 0;
}

/* "amd64 bytes:123456 base-files=12.4 …": the architecture, what is to be downloaded, all versions. */
static int
pin(const struct pin_request *rq, struct str *text, struct err *err)
{
	const struct image_params *p = rq->params;
	cleanup_arena struct arena a = {0};
	const char **names = arena_array(&a, const char *, p->packages.n + 1);
	const char *arch = p->arch;
	unsigned long long bytes = 0;
	size_t n, nnames = p->packages.n;
	struct deb *v;

	if (rq->locked) {
		str_add(text, rq->locked);
		return 0;
	}
	if (nnames)
		memcpy(names, p->packages.v, nnames * sizeof *names);
	if (!strcmp(p->variant, "apt"))
		names[nnames++] = "apt";
	if (!arch && debian_arch(&a, &arch, err) < 0)
		return -1;
	if (debian_resolve(names, nnames, p->suite, arch, &a, &v, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		bytes += v[i].size;
	str_addf(text, "%s bytes:%llu", arch, bytes);
	for (size_t i = 0; i < n; i++)
		str_addf(text, " %s=%s", v[i].name, v[i].version);
	return 0;
}

static long long
download(const void *arg, const char *pinned)
{
	const struct image_params *p = arg;
	unsigned long long bytes;

	if (p->url || !pinned || sscanf(pinned, "%*s bytes:%17llu", &bytes) != 1)
		return -1;
	return (long long)bytes;
}

/* run */

/* The pin's parts; false when it is none. */
static bool
read_pin(const char *pin, struct arena *a, const char **arch, struct map *versions)
{
	char *save = NULL, *copy = arena_strdup(a, pin), *word;

	*arch = copy ? strtok_r(copy, " ", &save) : NULL;
	word = *arch ? strtok_r(NULL, " ", &save) : NULL;
	if (!word || !str_starts(word, "bytes:"))
		return false;
	while ((word = strtok_r(NULL, " ", &save))) {
		char *version = strchr(word, '=');

		if (!version)
			return false;
		*version++ = 0;
		map_set(versions, word, version);
	}
	return versions->n > 0;
}

/* Every package that the pin names has the pinned version; which others came along follows from those. */
static int
compare_versions(const struct map *want, const struct map *got, struct err *err)
{
	cleanup_str struct str names = {0};
	size_t n = 0;

	for (size_t i = 0; i < want->n; i++) {
		const char *is = map_get(got, want->v[i].key), *should = want->v[i].value;

		if (!is || !strcmp(is, should))
			continue;
		if (n++ < MOVED_SHOWN)
			str_addf(&names, "%s%s %s (pinned: %s)", n > 1 ? ", " : "", want->v[i].key, is, should);
	}
	if (!n)
		return 0;
	if (n > MOVED_SHOWN)
		str_addf(&names, " and %zu more", n - MOVED_SHOWN);
	err_set(err, MOVED, "the archive now has other versions than the lock: %s", str_text(&names));
	return err_help(err, "run `apt-get update` and then `jkr update` to take the new versions");
}

static void
record_versions(struct job *job, struct map *got)
{
	map_sort(got);
	for (size_t i = 0; i < got->n; i++)
		job_record(job, arena_printf(job_arena(job), "package:%s", got->v[i].key), got->v[i].value);
}

static void
say(void *job, const char *line)
{
	job_logf(job, "%s\n", line);
}

static int
unpack(struct job *job, int fd, const char *label, struct unpack_opts *opts, struct err *err)
{
	static const struct strings none;
	struct unpack_sums sums;
	struct unpack *u;
	int r;

	opts->only = opts->inner = &none;
	opts->skip = opts->skip ? opts->skip : &none;
	opts->rootfs = true;
	opts->threads = job_cpus(job);
	opts->note = say;
	opts->ctx = job;
	u = unpack_new(job_layer(job), opts);
	r = unpack_archive(u, fd, label, err);
	if (r == 0)
		r = unpack_end(u, &sums, err);
	unpack_free(u);
	return r;
}

static int
build_tar(struct job *job, const struct image_params *p, const char *arch, int tar, struct err *err)
{
	cleanup_str struct str sources = {0};
	struct mmdebstrap m = {.suite = p->suite,
			       .arch = arch,
			       .variant = p->variant,
			       .packages = p->packages.v,
			       .npackages = p->packages.n};

	if (debian_sources(p->suite, arch, &sources, err) < 0)
		return -1;
	m.sources = str_text(&sources);
	return mmdebstrap_run(&m, tar, job_log(job), err);
}

static int
put_packages(struct job *job, const struct image_params *p, const char *arch, const struct map *want, struct map *got,
	     struct err *err)
{
	int scratch = job_scratch(job, err);
	struct rootfs_tar scan = {0};
	cleanup_fd int tar = -1;
	struct strings skip;
	struct unpack_opts opts = {.skip = &skip};
	int r;

	if (scratch < 0)
		return -1;
	tar = openat(scratch, "image.tar", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (tar < 0)
		return err_sys(err, FAILED, "cannot make a file for the image");
	if (build_tar(job, p, arch, tar, err) < 0)
		return -1;
	if (lseek(tar, 0, SEEK_SET) < 0)
		return err_sys(err, FAILED, "cannot read the image");
	r = rootfs_tar_scan(tar, job_arena(job), &scan, err);
	*got = scan.packages;
	if (r < 0 || compare_versions(want, got, err) < 0)
		return -1;
	skip = (struct strings){.n = scan.nvaries, .v = scan.varies};
	if (lseek(tar, 0, SEEK_SET) < 0)
		return err_sys(err, FAILED, "cannot read the image");
	return unpack(job, tar, "image.tar", &opts, err);
}

static int
run_packages(struct job *job, const struct image_params *p, struct err *err)
{
	struct map want = {0}, got = {0};
	const char *arch;
	int r;

	if (job_offline(job))
		return err_set(err, "E0913", "the packages of an image would be downloaded, and --offline was given"),
		       err_help(err, "run once without --offline; after that the image is in the store");
	if (!job_pin(job) || !read_pin(job_pin(job), job_arena(job), &arch, &want)) {
		map_free(&want);
		err_set(err, "E0903", "the pin of an image of `%s` in the lock cannot be read", p->suite);
		return err_help(err, "run `jkr update`");
	}
	r = put_packages(job, p, arch, &want, &got, err);
	if (r == 0)
		record_versions(job, &got);
	map_free(&want);
	map_free(&got);
	return r;
}

static int
run_tarball(struct job *job, const struct image_params *p, struct err *err)
{
	struct unpack_opts opts = {.strip = p->strip, .into = p->into ? p->into : p->suite ? "opt/toolchain" : NULL};
	cleanup_fd int fd = p->url ? job_download(job, p->url, p->sha256, 0, err) : job_open(job, &p->tarball, err);

	if (fd < 0)
		return -1;
	if (p->url)
		job_record(job, p->url, p->sha256);
	return unpack(job, fd, p->url ? path_base(p->url) : job_source_name(job, &p->tarball), &opts, err);
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct image_params *p = arg;

	if (p->suite && run_packages(job, p, err) < 0)
		return -1;
	return p->url || p->tarball.kind != SRC_NONE ? run_tarball(job, p, err) : 0;
}

const struct prim prim_image = {
	.name = "image",
	.doc = "Makes a root file system for steps to run in: Debian packages put together by mmdebstrap, a tarball, or a tarball over "
	       "packages. The versions of all packages are pinned in jkr.lock; nothing is built again until `jkr update` takes newer ones.",
	.params = params,
	.size = sizeof(struct image_params),
	.version = 1,
	.flags = PRIM_NETWORK | PRIM_IMPURE,
	.example =
		"local img = image \"tools\" { suite = \"bookworm\", packages = { \"gcc\", \"libc6-dev\", \"make\" } }\n",
	.run = run,
	.check = check,
	.pin_name = pin_name,
	.pin = pin,
	.download = download,
};
