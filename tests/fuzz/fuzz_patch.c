/* Patches: read, and put into a small tree: byte with -p, byte with fuzz and -R, the text of every file,
 * the patch. */
#include "fuzz.h"

#include "data/patch_set.h"
#include "model/tree.h"

struct below {
	const char *text;
	size_t len;
};

static int
look(void *ctx, const char *path, struct patch_node *out, struct err *err)
{
	const char *base = path_base(path);

	(void)ctx, (void)err;
	FUZZ_CHECK(entry_path_ok(path));
	out->kind = str_starts(base, "new")    ? NODE_ABSENT
		    : str_starts(base, "link") ? NODE_LINK
		    : str_starts(base, "dir")  ? NODE_FOLDER
		    : str_starts(base, "dev")  ? NODE_OTHER
					       : NODE_FILE;
	out->executable = str_starts(base, "run");
	if (out->kind == NODE_LINK) {
		out->data = xstrdup("target");
		out->len = 6;
		out->loaded = true;
	}
	return 0;
}

static int
read_text(void *ctx, const char *path, struct str *out, struct err *err)
{
	const struct below *b = ctx;

	(void)path, (void)err;
	str_addn(out, b->text, b->len);
	return 0;
}

static const char *
nearest(void *ctx, const char *path)
{
	(void)ctx;
	return *path == 'a' ? "some/where" : NULL;
}

static void
note(void *ctx, const char *text)
{
	(void)ctx;
	FUZZ_CHECK(*text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	struct fuzz_input in = {data, size};
	struct err err = {0};
	struct patchfile pf;
	struct below b;
	unsigned strip = fuzz_byte(&in), fuzz = fuzz_byte(&in);
	struct patch_how how = {.strip = (int)(strip % 5) - 1,
				.fuzz = fuzz % 4,
				.reverse = fuzz & 4,
				.into = fuzz & 8 ? "in/to" : NULL,
				.lean = fuzz & 16};
	cleanup_free char *text = fuzz_part(&in, &b.len);
	size_t len;
	cleanup_free char *patch = fuzz_bytes(&in, &len);
	const struct patch_tree tree = {.ctx = &b, .look = look, .read = read_text, .near = nearest, .note = note};
	struct patch_set set = {.tree = &tree};
	int r;

	b.text = text;
	r = patchfile_parse("x.patch", patch, len, &a, &pf, &err);
	/* the second time it meets what it made itself */
	for (int i = 0; !r && i < 2; i++) {
		r = patch_set_apply(&set, &pf, &how, &err);
		how.reverse = !how.reverse;
	}
	fuzz_ended(r, &err);
	for (size_t i = 0; i < set.files.n; i++)
		FUZZ_CHECK(entry_path_ok(set.files.v[i].key));
	patch_set_free(&set);
	return 0;
}
