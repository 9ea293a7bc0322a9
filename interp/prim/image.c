/* image: a root file system for steps to run in */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/debian.h"
#include "data/image_pin.h"
#include "data/mmdebstrap.h"
#include "data/rootfs_tar.h"
#include "data/schema.h"
#include "model/image_tar.h"
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

/* As data/image_pin.h has it. */
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

/* Every package that the pin names has the pinned version; which others came along follows from those. */
static int
compare_versions(const struct map *want, const struct map *got, bool staged, struct err *err)
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
	err_set(err, MOVED, "the %s other versions than the lock: %s",
		staged ? "image that is staged has" : "archive now has", str_text(&names));
	if (staged)
		return err_help(err, "jkr.lock is not the one that was exported with the image");
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
make_tar(struct job *job, const struct image_params *p, const char *arch, struct err *err)
{
	int scratch = job_scratch(job, err);
	cleanup_fd int tar = -1;

	if (scratch < 0)
		return -1;
	tar = openat(scratch, "image.tar", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (tar < 0)
		return err_sys(err, FAILED, "cannot make a file for the image");
	if (build_tar(job, p, arch, tar, err) < 0)
		return -1;
	if (lseek(tar, 0, SEEK_SET) < 0)
		return err_sys(err, FAILED, "cannot read the image");
	return steal_fd(&tar);
}

static int
put_packages(struct job *job, int tar, bool staged, const struct map *want, struct err *err)
{
	struct rootfs_tar scan = {0};
	struct strings skip;
	struct unpack_opts opts = {.skip = &skip};
	int r = rootfs_tar_scan(tar, job_arena(job), &scan, err);

	if (!r)
		r = compare_versions(want, &scan.packages, staged, err);
	skip = (struct strings){.n = scan.nvaries, .v = scan.varies};
	if (!r && lseek(tar, 0, SEEK_SET) < 0)
		r = err_sys(err, FAILED, "cannot read the image");
	if (!r)
		r = unpack(job, tar, "image.tar", &opts, err);
	if (!r)
		record_versions(job, &scan.packages);
	map_free(&scan.packages);
	return r;
}

static int
fail_offline(const struct image_pin *pin, struct err *err)
{
	err_set(err, "E0913", "the packages of an image would be downloaded, and --offline was given");
	if (pin->sha256)
		err_help(err,
			 "jkr.lock names an image that was exported: downloads/by-hash/sha256/%s, which is not "
			 "there",
			 pin->sha256);
	return err_help(err, "run once without --offline; after that the image is in the store");
}

static int
from_pin(struct job *job, const struct image_params *p, const struct image_pin *pin, struct err *err)
{
	cleanup_fd int staged = pin->sha256 ? image_tar_staged(job, pin->sha256, err) : -1, made = -1;

	if (err_any(err))
		return -1;
	if (staged < 0 && job_offline(job))
		return fail_offline(pin, err);
	if (staged < 0)
		made = make_tar(job, p, pin->arch, err);
	if (err_any(err) || put_packages(job, staged < 0 ? made : staged, staged >= 0, &pin->versions, err))
		return -1;
	return image_tar_settle(job, staged, pin->sha256, err);
}

static int
run_packages(struct job *job, const struct image_params *p, struct err *err)
{
	struct image_pin pin;
	int r = image_pin_parse(job_pin(job) ? job_pin(job) : "", job_arena(job), &pin);

	if (r) {
		err_set(err, "E0903", "the pin of an image of `%s` in the lock cannot be read", p->suite);
		err_help(err, "run `jkr update`");
	} else {
		r = from_pin(job, p, &pin, err);
	}
	map_free(&pin.versions);
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
