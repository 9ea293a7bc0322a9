#include "cli/content.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "data/git.h"
#include "os/fs.h"

#define HEAD "jkr content 1\ntree:"
#define SIGNATURE_MAX (64 << 10)

/* A few objects of git can stand for any number of files: no recipes are larger than this. */
enum { ENTRIES_MAX = 200000 };
#define BYTES_MAX ((uint64_t)4 << 30)

/* -- a commit as files ---------------------------------------------------------------------------------------- */
struct taking {
	int to; /* -1: only the texts */
	struct content_texts *texts;
	size_t entries;
	uint64_t bytes;
};

static int
count(struct taking *t, size_t size, struct err *err)
{
	t->bytes += size;
	if (++t->entries <= ENTRIES_MAX && t->bytes <= BYTES_MAX)
		return 0;
	return err_set(err, "E0915", "the commit holds more than %d files and folders, or more than %d GiB",
		       ENTRIES_MAX, (int)(BYTES_MAX >> 30));
}

static int
fault(const char *path, struct err *err)
{
	return err_sys(err, "E0804", "cannot write `%s` of an import into the store", path);
}

struct str *
content_text(struct content_texts *t, const char *path)
{
	if (!strcmp(path, CONTENT))
		return &t->text;
	if (!strcmp(path, CONTENT_MINISIG))
		return &t->minisig;
	return strcmp(path, CONTENT_SSHSIG) != 0 ? NULL : &t->sshsig;
}

static int
put_folder(void *ctx, const char *path, struct err *err)
{
	struct taking *t = ctx;

	if (count(t, 0, err))
		return -1;
	return t->to >= 0 && fs_mkdirs(t->to, path) ? fault(path, err) : 0;
}

static int
put_file(void *ctx, const char *path, bool executable, const void *data, size_t size, struct err *err)
{
	struct taking *t = ctx;
	struct str *text = content_text(t->texts, path);
	cleanup_fd int fd = -1;

	if (count(t, size, err))
		return -1;
	if (text) {
		str_addn(text, data, size < SIGNATURE_MAX ? size : 0); /* one that is larger is none */
		return 0;
	}
	if (t->to < 0)
		return 0;
	fd = fs_create(t->to, path, executable ? 0755 : 0644);
	return fd < 0 || fs_write(fd, data, size) < 0 ? fault(path, err) : 0;
}

/* It may lead anywhere: who reads a project follows none that leaves it. */
static int
put_link(void *ctx, const char *path, const char *target, struct err *err)
{
	struct taking *t = ctx;
	const char *base;
	cleanup_fd int at = t->to < 0 ? -1 : fs_parent(t->to, path, &base);

	if (count(t, 0, err))
		return -1;
	if (t->to < 0)
		return 0;
	return at < 0 || symlinkat(target, at, base) ? fault(path, err) : 0;
}

static int
walk(int dir, const char *repository, const char *commit, struct taking *t, struct err *err)
{
	const struct git_visitor v = {.ctx = t, .folder = put_folder, .file = put_file, .link = put_link};
	int64_t time;

	return git_walk(dir, repository, commit, NULL, &v, &time, err);
}

int
content_lay_out(int dir, const char *repository, const char *commit, int to, struct err *err)
{
	struct content_texts texts = {0};
	struct taking looks = {.to = -1, .texts = &texts}, t = {.to = to, .texts = &texts};
	int r = walk(dir, repository, commit, &looks, err); /* before anything is written */

	if (!r)
		r = walk(dir, repository, commit, &t, err);

	content_texts_free(&texts);
	return r;
}

/* -- what is signed --------------------------------------------------------------------------------------------- */
int
content_texts(int dir, const char *repository, const char *commit, struct content_texts *out, struct err *err)
{
	struct taking t = {.to = -1, .texts = out};

	return walk(dir, repository, commit, &t, err);
}

void
content_texts_free(struct content_texts *t)
{
	str_free(&t->text);
	str_free(&t->minisig);
	str_free(&t->sshsig);
}

struct signed_by
content_signed(const struct content_texts *t)
{
	return (struct signed_by){.name = CONTENT,
				  .text = str_text(&t->text),
				  .n = t->text.len,
				  .minisig = t->minisig.len ? t->minisig.s : NULL,
				  .nminisig = t->minisig.len,
				  .sshsig = t->sshsig.len ? t->sshsig.s : NULL,
				  .nsshsig = t->sshsig.len};
}

void
content_format(const char tree[HASH_HEX], struct str *out)
{
	str_addf(out, HEAD "%s\n", tree);
}

int
content_parse(const struct str *text, char tree[HASH_HEX])
{
	cleanup_str struct str again = {0};
	struct hash h;

	if (text->len != strlen(HEAD) + HASH_HEX)
		return -1;
	memcpy(tree, text->s + strlen(HEAD), HASH_HEX - 1);
	tree[HASH_HEX - 1] = '\0';
	content_format(tree, &again);
	return hash_parse(&h, tree) || memcmp(again.s, text->s, again.len) != 0 ? -1 : 0;
}
