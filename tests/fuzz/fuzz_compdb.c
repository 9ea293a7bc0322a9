/* .cmd files of a build directory, in which any makefile may write. */
#include "fuzz.h"

#include "data/compdb.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct moved moved[] = {{"/jkr/src", "/a b"}, {"/jkr/build", "/c"}, {0}};
	cleanup_arena struct arena a = {0};
	cleanup_str struct str out = {0};
	struct fuzz_input in = {data, size};
	struct compiled c = {0};
	size_t len;
	cleanup_free char *text = fuzz_part(&in, &len);

	if (!compdb_parse(text, len, &a, &c))
		return 0;
	/* the file is the last word of the command, but for make's number signs */
	FUZZ_CHECK(strlen(c.file) > 2 && strlen(c.command) > 2 && !strchr(c.file, ' ') && !strchr(c.file, '\n'));
	FUZZ_CHECK(c.command[strlen(c.command) - 1] == c.file[strlen(c.file) - 1]);
	compdb_move(c.command, moved, true, &out);
	FUZZ_CHECK(out.len > 0);
	return 0;
}
