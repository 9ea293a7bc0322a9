/* The small texts of the store: a byte with the kind, bit 7 set where the text is to get its checksum, bit 6 where it
 * is what lstat said of a layer. */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "os/fs.h"
#include "store/store_own.h"

static struct store *
opened(void)
{
	static struct store *st;
	struct err err = {0};
	char path[96];

	if (st)
		return st;
	snprintf(path, sizeof path, "%s/s", fuzz_folder());
	st = store_open(path, true, &err);
	FUZZ_CHECK(st);
	store_close(st);
	st = store_open(path, false, &err); /* it only notes what is damaged */
	FUZZ_CHECK(st);
	return st;
}

static void
put(struct store *st, const char *path, const struct str *text)
{
	char folder[STORE_PATH];
	int fd;

	snprintf(folder, sizeof folder, "%.*s", (int)(path_base(path) - path), path);
	FUZZ_CHECK(!fs_mkdirs(st->fd, folder));
	fd = openat(st->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	FUZZ_CHECK(fd >= 0 && !fs_write(fd, str_text(text), text->len));
	close(fd);
}

/* The path of a step's last key is the store's own matter: it is the only file there. */
static int
find_last(void *ctx, struct store *st, const char *name, const char *path)
{
	(void)st, (void)name;
	snprintf(ctx, STORE_PATH, "%s", path);
	return 1;
}

static const char *
last_path(struct store *st)
{
	static char path[STORE_PATH];
	struct hash h = {{1}};

	if (*path)
		return path;
	st->writable = true;
	store_set_last(st, "recipe.lua", "step", &h, 1);
	st->writable = false;
	FUZZ_CHECK(store_each(st, "steps", find_last, path));
	return path;
}

static void
read_last(struct store *st, const struct str *text)
{
	struct hash key;
	double seconds;

	put(st, last_path(st), text);
	store_last(st, "recipe.lua", "step", &key, &seconds);
}

static void
read_record(struct store *st, const struct str *text, struct arena *a)
{
	struct hash key = {{0}};
	struct result result;
	struct record rec;
	struct err err = {0};
	char path[STORE_PATH];

	put(st, object_path(path, "results", &key, ""), text);
	if (store_record(st, &key, a, &rec, &err) > 0)
		for (size_t i = 0; i < rec.nnotes; i++)
			FUZZ_CHECK(rec.notes[i].key && rec.notes[i].value);
	store_lookup(st, &key, &result, &err);
	FUZZ_CHECK(!err_any(&err));
}

static void
read_stack(struct store *st, const struct str *text)
{
	struct hash id = {{2}}, *layers;
	struct err err = {0};
	struct tree t;
	char path[STORE_PATH];
	size_t n;

	put(st, object_path(path, "trees", &id, ""), text);
	if (tree_read_stack(st, &id, &layers, &n)) {
		FUZZ_CHECK(n <= STORE_MAX_LAYERS);
		free(layers);
	}
	FUZZ_CHECK(store_tree(st, &id, &t, &err) >= 0);
}

static void
read_marks(struct store *st, const struct str *text)
{
	const struct hash id = {{3}};
	char path[STORE_PATH];

	put(st, object_path(path, "layers", &id, ".marks"), text);
	marks_whole(st, &id, path);
	FUZZ_CHECK(!store_layer_marked(st, &id)); /* there is no such layer */
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	cleanup_str struct str text = {0};
	struct fuzz_input in = {data, size};
	struct store *st = opened();
	unsigned kind = fuzz_byte(&in);

	str_addn(&text, in.p, in.n);
	if (kind & 0x80)
		object_seal(&text);
	if (kind & 0x40)
		read_marks(st, &text);
	switch (kind % 3) {
	case 0: read_record(st, &text, &a); break;
	case 1: read_stack(st, &text); break;
	case 2: read_last(st, &text); break;
	}
	str_reset(&st->aside);
	return 0;
}
