/* What a store remembers of a project's folder, as a store may lie that is not ours: lines of a letter and a path are
 * its records, and behind the cut two bytes for an offset and one for what stands there instead, under a seal that is
 * right. Looking at the folder by it may find anything, but must come to an end. */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/seal.h"
#include "model/statcache.h"
#include "os/fs.h"

enum {
	LINES = 200,
	MOST = LINES * 8, /* names that are found: a folder may seem to hold itself */
};

static struct str kept;

static bool
recall(void *ctx, const struct hash *name, struct str *out)
{
	(void)ctx, (void)name;
	str_addn(out, str_text(&kept), kept.len);
	return kept.len;
}

static void
remember(void *ctx, const struct hash *name, const struct str *bytes)
{
	(void)ctx, (void)name;
	str_reset(&kept);
	str_addn(&kept, bytes->s, bytes->len);
}

static const struct statcache_home home = {NULL, recall, remember};
static const struct hash name = {{1}};

static int
project(void)
{
	static int dir = -1;
	char path[96];

	if (dir >= 0)
		return dir;
	snprintf(path, sizeof path, "%s/p", fuzz_folder());
	FUZZ_CHECK(!mkdir(path, 0755));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	FUZZ_CHECK(dir >= 0 && !fs_mkdirs(dir, "a/b"));
	FUZZ_CHECK(!fs_replace_soon(dir, "a/c", "x", 1, 0644) && !fs_replace_soon(dir, "d", "y", 1, 0644));
	return dir;
}

/* `t`: what lstat says, `f`: of a folder, `n`: nothing. */
static void
add_record(struct statcache *c, int dir, char *line)
{
	struct scan_file f = {.path = line + 1};
	struct stat st;

	FUZZ_CHECK(!fstat(dir, &st));
	if (*line == 't' && line[1])
		fs_stat(dir, line + 1, &st);
	f.mark = scan_mark_of(&st);
	if (*line == 'f')
		f.mark.mode = S_IFDIR | 0755;
	statcache_add(c, &f, *line == 'f' ? NULL : &name, *line != 'n');
}

static void
make(struct fuzz_input *in, int dir)
{
	size_t len;
	cleanup_free char *lines = fuzz_part(in, &len);
	char *rest = lines, *line;
	struct statcache *c;

	str_reset(&kept);
	c = statcache_open(&home, &name, dir);
	FUZZ_CHECK(c);
	for (int i = 0; i < LINES && (line = strsep(&rest, "\n")); i++)
		if (*line && strlen(line) < 4096)
			add_record(c, dir, line);
	statcache_close(c, true);
	while (in->n > 2 && kept.len > SEAL_HEAD) {
		size_t at = fuzz_byte(in);

		at = at << 8 | fuzz_byte(in);
		kept.s[SEAL_HEAD + at % (kept.len - SEAL_HEAD)] = (char)fuzz_byte(in);
	}
	if (kept.len > SEAL_HEAD)
		seal_close(&kept);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct scan scan = {0};
	struct statcache *c;
	int dir = project();

	make(&in, dir);
	c = statcache_open(&home, &name, dir);
	FUZZ_CHECK(c);
	if (!scan_folder(dir, NULL, statcache_names(c), &scan)) {
		FUZZ_CHECK(scan.n < MOST);
		for (size_t i = 0; i < scan.n; i++)
			statcache_find(c, &scan.v[i]);
	}
	scan_free(&scan);
	statcache_close(c, false);
	return 0;
}
