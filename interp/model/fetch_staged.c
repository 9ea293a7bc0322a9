#include "model/fetch_staged.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/schema.h"
#include "data/staged.h"
#include "model/files.h"
#include "model/gather.h"
#include "model/job.h"
#include "model/prim.h"

#define WRONG_HASH "E0905"

static int
open_staged(const struct file_ref *file, struct str *path, struct err *err)
{
	int found = staged_find(file, path, err);
	int fd;

	if (found < 0)
		return -1;
	if (!found)
		return err_set(err, "E0909", "the file `%s` is not staged", path_base(file->rel));
	fd = open(path->s, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? err_sys(err, "E0909", "cannot open `%s`", path->s) : fd;
}

/* A staged file lies here: one that was replaced must not go unnoticed. The planner may know it without reading it. */
int
fetch_staged_pin(const struct file_ref *file, const struct pin_request *rq, bool absent, struct str *text,
		 struct err *err)
{
	cleanup_arena struct arena a = {0};
	struct file_content c;
	struct file_ref real;
	char hex[HASH_HEX];
	int found;

	if (absent) {
		str_add(text, rq->locked);
		return 0;
	}
	found = staged_find_real(file, false, &a, &real, err);
	if (found <= 0)
		return found ? -1 : err_set(err, "E0909", "the file `%s` is not staged", path_base(file->rel));
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

int
fetch_put(struct job *job, const char *name, int fd, struct err *err)
{
	struct entry e = {.path = name, .mode = S_IFREG | 0644};

	return layer_put_fd(job_layer(job), &e, fd, err);
}

int
fetch_staged(struct job *job, const struct file_ref *file, const char *name, const char *want, bool pinned,
	     struct err *err)
{
	cleanup_str struct str path = {0};
	cleanup_fd int fd = open_staged(file, &path, err);
	const struct entry *e;
	char hex[HASH_HEX];

	if (fd < 0 || fetch_put(job, name, fd, err) < 0)
		return -1;
	e = layer_find(job_layer(job), name);
	if (!e || !want || strcmp(hash_hex(&e->digest, hex), want)) {
		err_set(err, WRONG_HASH, "`%s` is not the file that was asked for: its sha256 is another", path.s);
		err_help(err, "wanted %s", want ? want : "(nothing)");
		err_help(err, "got    %s", e ? hash_hex(&e->digest, hex) : "(nothing)");
		return !pinned ? -1 : err_help(err, "when the new file is right, run `jkr update`");
	}
	job_record(job, path_base(path.s), want);
	return 0;
}

int
fetch_staged_folder(struct job *job, const struct source *folder, struct err *err)
{
	struct source one = *folder;
	const struct sources list = {1, &one};
	const struct gather_opts opts = {0};
	const char *sub;
	const struct tree *t = job_folder(job, folder, &sub, err);
	struct hash id;
	struct pieces all;
	char hex[HASH_HEX];

	if (!t || gather(job, &list, &opts, &all, err))
		return -1;
	for (size_t i = 0; i < all.n; i++)
		if (piece_put(job, &all.v[i], all.v[i].path, -1, err))
			return -1;
	id = tree_identity(t, sub);
	job_record(job, arena_printf(job_arena(job), "folder:%s", path_base(folder->file.rel)), hash_hex(&id, hex));
	return 0;
}
