/* marks: what lstat says of a layer's files, kept from when they were last known to be what the list says.
 *
 * Who mounts a layer reads it without us. Hashing its files each time would cost a second for a kernel's tree; asking
 * lstat of them costs a tenth of that, and tells of every write, truncation, chmod and rename: each sets the ctime,
 * which no program can set back. Other marks prove no damage, for a copied store has new ones: then the layer is
 * hashed. */
#include <fcntl.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "os/fs.h"
#include "os/scan.h"
#include "store/store_own.h"

#define FIRST_LINE "jkr marks 1"

static void
add_mark(struct hasher *h, const struct scan_file *f)
{
	struct scan_mark m = f->mark;

	m.dev = 0; /* is another after a boot */
	if (S_ISCHR(m.mode))
		m.ctime = 0; /* overlayfs makes one whiteout with many names, and the last goes with its work folder */
	hasher_add(h, f->path, strlen(f->path) + 1);
	hasher_add(h, &m, sizeof m);
}

/* The layer's own folder is left out: its time says something else. */
static int
marks_of(const struct store *st, const struct hash *layer, struct hash *out)
{
	char path[STORE_PATH];
	cleanup_fd int dir = fs_open_nofollow(st->fd, object_path(path, "layers", layer, ""), O_RDONLY | O_DIRECTORY);
	struct scan found;
	struct hasher *h;

	if (dir < 0 || scan_folder(dir, NULL, NULL, &found))
		return -1;
	h = hasher_new();
	for (size_t i = 0; i < found.n; i++)
		add_mark(h, &found.v[i]);
	*out = hasher_end(h);
	hasher_free(h);
	scan_free(&found);
	return 0;
}

static void
format(const struct hash *layer, const struct hash *marks, struct str *out)
{
	char a[HASH_HEX], b[HASH_HEX];

	str_addf(out, FIRST_LINE "\nlayer %s\nmarks %s\n", hash_hex(layer, a), hash_hex(marks, b));
	object_seal(out);
}

void
marks_write(struct store *st, const struct hash *layer)
{
	cleanup_str struct str text = {0};
	struct err unsaid = {0};
	char path[STORE_PATH];
	struct hash marks;

	/* without them the layer is hashed before it is mounted */
	if (!st->writable || marks_of(st, layer, &marks))
		return;
	format(layer, &marks, &text);
	object_write(st, object_path(path, "layers", layer, ".marks"), &text, false, &unsaid);
	err_free(&unsaid);
}

bool
marks_whole(struct store *st, const struct hash *layer, const char *path)
{
	cleanup_str struct str text = {0};
	char hex[HASH_HEX], *rest, *line;

	if (!object_read(st, path, &text) || !object_open(&text))
		return false;
	rest = text.s;
	line = object_line(&rest);
	if (!line || strcmp(line, FIRST_LINE))
		return false;
	line = object_line(&rest);
	return line && str_starts(line, "layer ") && !strcmp(line + 6, hash_hex(layer, hex));
}

bool
store_layer_marked(const struct store *st, const struct hash *layer)
{
	cleanup_str struct str kept = {0}, now = {0};
	char path[STORE_PATH];
	struct hash marks;

	if (!object_read(st, object_path(path, "layers", layer, ".marks"), &kept) || marks_of(st, layer, &marks))
		return false;
	format(layer, &marks, &now);
	return !strcmp(str_text(&kept), str_text(&now));
}

/* Only the first is told. */
static void
say_first(void *ctx, const char *object, const char *what)
{
	struct err *err = ctx;

	if (!err_any(err))
		err_set(err, "E0803", "`%s` is damaged in the store: it %s", object, what);
}

int
store_layer_prove(struct store *st, const struct hash *layer, struct err *err)
{
	cleanup_arena struct arena a = {0};
	struct entry *v = NULL;
	char path[STORE_PATH];
	const char *why;
	size_t n = 0;

	if (!layer_read_list(st, layer, &a, &v, &n, &why))
		err_set(err, "E0803", "`%s` is damaged in the store: %s", object_path(path, "layers", layer, ".list"),
			why);
	else if (!layer_check(st, layer, v, n, say_first, err)) {
		marks_write(st, layer);
		return 0;
	}
	/* who looks next hashes it again, and sets it aside */
	layer_doubt(st, object_path(path, "layers", layer, ""));
	return err_help(err, "run again: what is damaged is set aside and built anew");
}
