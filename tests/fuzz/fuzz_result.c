/* What a shared cache sends: an ActionResult, and the blob of a layer beside a list of ours. The first byte tells
 * which. */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>

#include "data/action_result.h"
#include "os/fs.h"
#include "store/blob.h"

/* A list with a folder, a file, a whiteout and a link, and what `file` holds. */
static const char list[] = "jkr list 1\n"
			   "d755\ta\n"
			   "f644\ta/x\t3\t2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae\n"
			   "w\tb\n"
			   "l777\tc\ta/x\n";

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
	return st;
}

static void
try_blob(const void *p, size_t n)
{
	const struct str text = {(char *)list, sizeof list - 1, sizeof list};
	struct hash id = hash_of(list, sizeof list - 1);
	struct store *st = opened();
	struct err err = {0};
	char path[STORE_PATH];
	int r = blob_unpack(st, &id, &text, fuzz_fd(p, n), &err);

	/* it is the layer, to the byte, or nothing is there */
	FUZZ_CHECK(!r == layer_usable(st, &id));
	if (!r)
		FUZZ_CHECK(!fs_remove(st->fd, object_path(path, "layers", &id, "")));
	fuzz_ended(r, &err);
}

static void
try_result(const void *p, size_t n)
{
	cleanup_arena struct arena a = {0};
	cleanup_str struct str once = {0}, twice = {0};
	struct action_result r;
	struct err err = {0};
	int ended = action_result_read(p, n, &a, &r, &err);

	if (!ended) {
		action_result_write(&r, &once);
		FUZZ_CHECK(!action_result_read(once.s, once.len, &a, &r, &err));
		action_result_write(&r, &twice);
		FUZZ_CHECK(once.len == twice.len && !memcmp(once.s, twice.s, once.len));
	}
	fuzz_ended(ended, &err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	unsigned kind = fuzz_byte(&in);
	size_t n;
	cleanup_free void *p = fuzz_bytes(&in, &n);

	if (kind & 1)
		try_blob(p, n);
	else
		try_result(p, n);
	return 0;
}
