/* A profile of somebody else's: its YAML, and that of pins and of a toolchain's image that it puts its own in place of.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "data/yaml.h"
#include "lua/parent.h"
#include "os/fs.h"

static int
project(const char **root)
{
	static char path[96];
	static int dir = -1;

	*root = path;
	if (dir >= 0)
		return dir;
	snprintf(path, sizeof path, "%s/p", fuzz_folder());
	FUZZ_CHECK(!mkdir(path, 0755));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	FUZZ_CHECK(dir >= 0 && !fs_replace_soon(dir, "r.lua", "return 1\n", 9, 0644));
	return dir;
}

/* The text as a table that the profile may change, or false. */
static bool
table(struct fuzz_input *in, struct arena *a, struct value *out)
{
	struct err err = {0};
	size_t len;
	cleanup_free char *text = fuzz_part(in, &len);
	char *copy = arena_strndup(a, text, len);
	bool good = !yaml_parse(copy, strlen(copy), "y", a, out, &err) && out->type == V_TABLE && !out->table.nitems;

	err_free(&err);
	return good;
}

static void
take(struct parent *p, struct fuzz_input *in)
{
	struct load_option *options = NULL;
	struct value pins, image;
	struct err err = {0};
	unsigned unit;
	size_t n = 0;
	bool known;
	int r;

	FUZZ_CHECK(files_load(p, UNIT_RECIPE, p->r->root, "r.lua", &unit, &known, &err) == 1);
	r = files_profile(p, "x", &options, &n, &err);
	fuzz_ended(r, &err);
	for (size_t i = 0; !r && i < n; i++)
		FUZZ_CHECK(options[i].name && options[i].value);
	if (!r && table(in, p->a, &pins))
		fuzz_ended(profile_pins(p, &pins, &err), &err);
	if (!r && table(in, p->a, &image))
		fuzz_ended(profile_toolchain(p, "cross", &image, &err), &err);
	if (!r)
		fuzz_ended(profile_unused(p, &err), &err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct parent *p = xcalloc(1, sizeof *p);
	struct load_request rq = {.profile = "x"};
	struct recipe *r = xcalloc(1, sizeof *r);
	size_t len;
	cleanup_free char *text = fuzz_part(&in, &len);
	int dir = project(&r->root);

	r->path = arena_printf(&r->arena, "%s/r.lua", r->root);
	rq.path = r->path;
	p->rq = &rq;
	p->r = r;
	p->a = &r->arena;
	p->main_prefix = "";
	p->unit[0].shown = "r.lua";
	p->units.v = p->unit;
	FUZZ_CHECK(!fs_replace_soon(dir, "profiles/x.yaml", text, len, 0644));
	take(p, &in);
	map_free(&p->profile.used);
	recipe_free(r);
	free(r);
	free(p);
	return 0;
}
