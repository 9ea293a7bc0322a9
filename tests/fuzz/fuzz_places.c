/* Finding a field in the text of a recipe: the text, and lines of "LINE KEY". */
#include "fuzz.h"

#include <stdlib.h>

#include "lua/places.h"

static void
find(const char *text, char *query)
{
	struct place at = {.file = "x.lua"};
	char *key;
	bool open;

	at.line = (unsigned)strtoul(query, &key, 10) % 200;
	at.key = *key ? key + 1 : key;
	place_find(text, &at);
	place_missing_comma(text, &at);
	place_items(text, "write", "x", at.key, &open);
	place_items(text, at.key, NULL, "", &open);
	place_token(text, &at, at.key, strlen(at.key));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	size_t len;
	cleanup_free char *text = fuzz_part(&in, &len), *queries = fuzz_part(&in, &len);
	char *rest = queries, *query;

	for (int i = 0; i < 8 && (query = strsep(&rest, "\n")); i++)
		find(text, query);
	return 0;
}
