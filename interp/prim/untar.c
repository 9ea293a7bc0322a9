/* untar: archives, unpacked into a tree */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "model/job.h"
#include "model/prim.h"
#include "model/unpack.h"

struct untar_params {
	struct sources archives;
	int64_t strip;
	struct strings only, skip, inner;
	const char *sha256;
	const char *into;
	bool rootfs;
	int64_t max_size, max_files, ratio;
};

static const struct param params[] = {
	PARAM(untar_params, archives, P_SOURCE, P_REQUIRED | P_OPERAND | P_LIST | P_GLOB,
	      "The archives: files of the project, results that are one file, or paths in results. Several are unpacked one over "
	      "the other, in order. The content says what each is: tar, zip or a Debian package (whose data is unpacked), plain or "
	      "compressed with gzip, bzip2, xz, lzma or zstd."),
	PARAM_RANGE(
		untar_params, strip, P_INT, 0, 0, 256, NULL,
		"Leading folders that are taken off every name; a `./` in front is not counted. Files above are left out, with a note."),
	PARAM(untar_params, only, P_STRING, P_LIST | P_PLAIN,
	      "What is unpacked: names as `tar -t` prints them, before `strip`, each with all below it. `*` and `?` match within one "
	      "component. A pattern that matches nothing is an error."),
	PARAM(untar_params, skip, P_STRING, P_LIST | P_PLAIN,
	      "What is left out, written like `only` and stronger than it. A pattern that matches nothing is an error."),
	PARAM(untar_params, inner, P_STRING, P_LIST | P_PLAIN,
	      "The archive inside the archive that is unpacked instead, by its name in it; several lead further inwards. It is read "
	      "as it comes, without a temporary file."),
	PARAM(untar_params, sha256, P_SHA256, 0,
	      "The hash of the archive file, compared before it is opened; only with one archive."),
	PARAM(untar_params, into, P_PATH, 0, "The folder of the result to unpack into; without it the result's root."),
	PARAM(untar_params, rootfs, P_BOOL, 0,
	      "Whether the archive is a root file system: owners, setuid bits, devices and extended attributes are kept in the "
	      "tree's list. A source tree has none of them: devices are refused, the rest is dropped with a note."),
	PARAM_RANGE(untar_params, max_size, P_SIZE, 0, 1, INT64_MAX, "40G",
		    "Most bytes that all files together may have."),
	PARAM_RANGE(untar_params, max_files, P_INT, 0, 1, 100000000, "2000000", "Most entries that may be unpacked."),
	PARAM_RANGE(untar_params, ratio, P_INT, 0, 1, 1000000000, "1000",
		    "Most bytes that may come out of one byte of the archive, asked from 100 MiB on."),
	{0},
};

static int
check(const void *arg, struct err *err)
{
	const struct untar_params *p = arg;

	if (!p->sha256 || p->archives.n <= 1)
		return 0;
	err_set(err, "E0120", "`sha256` belongs to one archive, and there are %zu", p->archives.n);
	return err_help(err, "write a step for each, or `sha256` at the fetch of each");
}

struct talk {
	struct job *job;
	uint64_t total; /* bytes of the archive */
};

static void
note(void *ctx, const char *line)
{
	const struct talk *t = ctx;

	job_note(t->job, "%s", line);
}

static void
progress(void *ctx, uint64_t taken)
{
	const struct talk *t = ctx;

	job_progress(t->job, taken, t->total);
}

static int
check_sha256(struct job *job, int fd, const char *name, const char *want, struct err *err)
{
	char hex[HASH_HEX];
	struct hash h;

	(void)job;
	if (lseek(fd, 0, SEEK_SET) < 0 || hash_fd(fd, &h, NULL) < 0)
		return err_sys(err, "E0402", "cannot read `%s`", name);
	if (!strcmp(hash_hex(&h, hex), want))
		return 0;
	err_set(err, "E0409", "`%s` has another checksum than the recipe gives", name);
	err_field(err, "sha256");
	err_label(err, "the file's is %s", hex);
	return err_help(err, "nothing was unpacked; look where the file comes from before you write its hash here");
}

/* Processors that this process may run on: what is decoded does not depend on it. */
static int
processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

static int
unpack_source(struct talk *t, struct unpack *u, const struct untar_params *p, const struct source *src, struct err *err)
{
	const char *name = job_source_name(t->job, src);
	cleanup_fd int fd = job_open(t->job, src, err);
	struct stat st;

	if (fd < 0)
		return err_at(err, src->at);
	t->total = fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
	if (p->sha256 && check_sha256(t->job, fd, name, p->sha256, err) < 0)
		return -1;
	return unpack_archive(u, fd, name, err) < 0 ? err_at(err, src->at) : 0;
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct untar_params *p = arg;
	struct talk talk = {.job = job};
	struct unpack_opts opts = {
		.strip = p->strip,
		.only = &p->only,
		.skip = &p->skip,
		.inner = &p->inner,
		.rootfs = p->rootfs,
		.into = p->into,
		.max_size = (uint64_t)p->max_size,
		.max_files = (uint64_t)p->max_files,
		.ratio = (uint64_t)p->ratio,
		.threads = processors(),
		.note = note,
		.progress = progress,
		.ctx = &talk,
	};
	struct unpack *u = unpack_new(job_layer(job), &opts);
	struct unpack_sums sums = {0};
	char text[32];
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->archives.n; i++)
		r = unpack_source(&talk, u, p, &p->archives.v[i], err);
	if (r == 0)
		r = unpack_end(u, &sums, err);
	unpack_free(u);
	if (r == 0 && sums.newest > 0) {
		snprintf(text, sizeof text, "%lld", (long long)sums.newest);
		job_record(job, "epoch", text);
	}
	return r;
}

const struct prim prim_untar = {
	.name = "untar",
	.doc = "Unpacks archives into a tree. Refused with the entry's name: names that climb, are absolute or go through a "
	       "symlink, hard links to anything but an earlier file, devices, archives that are damaged, truncated or grow beyond "
	       "the limits. Of two entries with one name the last counts, with a note. Times are not kept; the newest becomes the "
	       "date that later steps build with.",
	.params = params,
	.size = sizeof(struct untar_params),
	.version = 1,
	.flags = PRIM_ON,
	.example = "local src = untar \"linux-source\" { deb / \"usr/src/linux-source-6.12.tar.xz\", strip = 1 }\n"
		   "local oot = untar { sources, inner = \"Linux_for_Tegra/source/kernel_oot_modules_src.tbz2\" }\n",
	.run = run,
	.check = check,
};
