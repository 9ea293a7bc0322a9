#include "model/image_tar.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "data/archive_write.h"
#include "model/entry_member.h"
#include "model/job.h"
#include "os/fs.h"

#define FAILED "E0916"
#define MOVED "E0917"
#define WRONG_HASH "E0905"

static int
new_file(struct job *job, const char *name, struct err *err)
{
	int dir = job_scratch(job, err), fd;

	if (dir < 0)
		return -1;
	fd = openat(dir, name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return fd < 0 ? err_sys(err, FAILED, "cannot make a file for the image") : fd;
}

/* Its hash; the descriptor stands at the beginning again. */
static int
sum_of(int fd, char hex[HASH_HEX], struct err *err)
{
	struct hash h;

	if (lseek(fd, 0, SEEK_SET) || hash_fd(fd, &h, NULL) || lseek(fd, 0, SEEK_SET))
		return err_sys(err, FAILED, "cannot read the image");
	hash_hex(&h, hex);
	return 0;
}

/* It is copied before it is hashed: others may write to a project's folder. */
int
image_tar_staged(struct job *job, const char *sha256, struct err *err)
{
	cleanup_fd int from = job_staged(job, "sha256", sha256), to = -1;
	char hex[HASH_HEX];

	if (from < 0)
		return -1;
	to = new_file(job, "staged.tar", err);
	if (to < 0)
		return -1;
	if (fs_copy(from, to))
		return err_sys(err, FAILED, "cannot copy the image that is staged");
	if (sum_of(to, hex, err))
		return -1;
	if (!strcmp(hex, sha256))
		return steal_fd(&to);
	err_set(err, WRONG_HASH, "`downloads/by-hash/sha256/%s` is not the image that jkr.lock has", sha256);
	err_help(err, "wanted %s", sha256);
	err_help(err, "got    %s", hex);
	return err_help(err, "it was damaged after `jkr import`, which looks at each file: import the sources again");
}

static int
add_entry(struct arc_out *out, struct layer *l, const struct entry *e, struct err *err)
{
	const struct member m = entry_member(e, 1);
	cleanup_fd int fd = S_ISREG(e->mode) ? fs_open_nofollow(layer_dir(l), e->path, O_RDONLY) : -1;

	if (S_ISREG(e->mode) && fd < 0)
		return err_sys(err, FAILED, "cannot read `%s` of the image", e->path);
	return arc_out_add(out, &m, fd, err);
}

static int
write_tar(struct layer *l, int fd, struct err *err)
{
	const struct arc_out_opts opts = {.format = "tar", .threads = 1};
	size_t n;
	const struct entry *v = layer_list(l, &n, err);
	struct arc_out *out = v ? arc_out_open(fd, &opts, err) : NULL;
	int r = out ? 0 : -1;

	for (size_t i = 0; i < n && !r; i++)
		r = add_entry(out, l, &v[i], err);
	if (!r)
		r = arc_out_end(out, err);
	if (out)
		arc_out_free(out);
	return r;
}

static int
differs(const char *wanted, const char *got, struct err *err)
{
	err_set(err, MOVED, "the packages have the versions of jkr.lock, and make another image than it has");
	err_help(err, "wanted %s", wanted);
	err_help(err, "got    %s", got);
	return err_help(err,
			"take `sha256:…` out of the line in jkr.lock to build with what this machine makes of them");
}

int
image_tar_settle(struct job *job, int staged, const char *pinned, struct err *err)
{
	cleanup_fd int made = -1;
	char hex[HASH_HEX];

	if (!pinned && !job_keeps(job))
		return 0;
	if (staged < 0) {
		made = new_file(job, "made.tar", err);
		if (made < 0 || write_tar(job_layer(job), made, err))
			return -1;
	}
	if (sum_of(staged < 0 ? made : staged, hex, err))
		return -1;
	if (pinned && strcmp(hex, pinned) != 0)
		return differs(pinned, hex, err);
	job_record(job, IMAGE_TAR, arena_strdup(job_arena(job), hex));
	return job_keep(job, staged < 0 ? made : staged, hex, err);
}
