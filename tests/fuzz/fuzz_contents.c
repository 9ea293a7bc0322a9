/* What a stranger's bundle holds: archives, also in one another, with lists, manifests and kernel images. */
#include "fuzz.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/contents.h"
#include "data/viewarc.h"

static void
look(const struct contents *c, const struct content *f)
{
	const struct content *tail;

	FUZZ_CHECK(*f->path && contents_find(c, f->path));
	tail = contents_tail(c, path_base(f->path));
	FUZZ_CHECK(tail && str_ends(tail->path, path_base(f->path)));
	FUZZ_CHECK(!f->text || f->ntext == f->size);
	/* whole lines, each of which may be a kernel's */
	FUZZ_CHECK(!f->banner || (str_starts(f->banner, "Linux version ") && str_ends(f->banner, "\n")));
}

/* The same archive as what checks and comparisons look at. */
static void
read_view(const char *path)
{
	struct view v = {0};
	struct err err = {0};
	int r = view_archive(&v, path, &err);

	fuzz_ended(r, &err);
	for (size_t i = 0; !r && i < v.n; i++) {
		cleanup_str struct str text = {0};

		FUZZ_CHECK(!i || path_cmp(v.v[i - 1].path, v.v[i].path) < 0);
		if (!S_ISREG(v.v[i].mode) || i >= 16)
			continue;
		FUZZ_CHECK(!view_read(&v, &v.v[i], 64 << 20, &text, &err));
		FUZZ_CHECK(text.len == v.v[i].size);
	}
	view_archive_free(&v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct contents c = {0};
	struct err err = {0};
	char path[64];
	int r;

	snprintf(path, sizeof path, "/proc/self/fd/%d", fuzz_fd(data, size));
	r = contents_read(&c, path, &err);
	fuzz_ended(r, &err);
	for (size_t i = 0; !r && i < c.n; i++) {
		FUZZ_CHECK(!i || path_cmp(c.v[i - 1].path, c.v[i].path) < 0);
		look(&c, &c.v[i]);
	}
	contents_free(&c);
	read_view(path);
	return 0;
}
