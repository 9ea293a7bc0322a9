/* What the child of a load hands up, as a hostile one may write it: numbers, texts, places, values, steps. */
#include "fuzz.h"

#include "lua/parent.h"
#include "lua/places.h"

static const char text[] = "local x = write \"a\" { path = \"p\" }\nreturn x\n";

static void
find_place(void *ctx, struct place *at)
{
	(void)ctx;
	place_find(text, at);
}

static const char *
source(void *ctx, const char *file)
{
	(void)ctx, (void)file;
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct load_request rq = {.path = "/nonexistent/p/recipe.lua"};
	const struct err_style style = {.source = source, .find = find_place};
	struct recipe r = {.path = rq.path, .root = "/nonexistent/p"};
	struct parent *p = xcalloc(1, sizeof *p);
	struct fuzz_input in = {data, size};
	struct err err = {0};
	size_t len = size;
	cleanup_free char *bytes = xmalloc(size ? size : 1);
	int status;

	if (size)
		memcpy(bytes, in.p, size);
	*p = (struct parent){.rq = &rq, .r = &r, .a = &r.arena, .main_prefix = "", .err = &err};
	p->units = (struct units){p->unit, 3};
	for (size_t i = 0; i < p->units.n; i++)
		p->unit[i] = (struct unit){.kind = i == 1 ? UNIT_STDLIB : UNIT_RECIPE,
					   .root = i == 1 ? "/nonexistent/q" : r.root,
					   .dir = i == 2 ? "sub" : "",
					   .shown = i == 1 ? "/nonexistent/q/stdlib/x.lua" : "recipe.lua",
					   .prefix = "",
					   .cut = "",
					   .text = text,
					   .len = sizeof text - 1};
	status = recipe_take(p, bytes, len, &err);
	FUZZ_CHECK((status < 0) == err_any(&err));
	for (size_t i = 0; !status && i < r.nexports; i++)
		FUZZ_CHECK(r.exports[i] < r.nsteps);
	fuzz_mistakes(&err, &style);
	recipe_free(&r);
	free(p);
	return 0;
}
