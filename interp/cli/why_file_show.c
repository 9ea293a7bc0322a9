/* why_file_show: the steps that made a file, with what they took in, for people and as JSON. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "cli/show.h"
#include "cli/userfile.h"
#include "cli/why.h"
#include "cli/why_own.h"
#include "data/json.h"
#include "data/patchfile.h"

enum { PATCH_MAX = 64 << 20, SHOWN = 20 };

static const char *const how_words[] = {[MADE] = "made by", [CHANGED] = "changed by", [PASSED] = "passed on by"};

/* Patches */

/* "a/drivers/x.c" of a patch is the file drivers/x.c, whatever is taken off in front. */
static bool
names_path(const char *name, const char *path)
{
	for (; name; name = strchr(name, '/')) {
		name += *name == '/';
		if (!strcmp(name, path))
			return true;
	}
	return false;
}

struct touching {
	struct arena *a;
	const char *path;
	struct words found;
};

/* A patch of the project that says it changes the file. */
static int
take_patch(void *ctx, const struct param *q, struct source *src)
{
	struct touching *t = ctx;
	cleanup_free char *path = NULL;
	cleanup_str struct str text = {0};
	struct err quiet = {0};
	struct patchfile pf;

	if (src->kind != SRC_FILE || strcmp(q->name, "patches") != 0)
		return 0;
	path = xasprintf("%s/%s", src->file.root, src->file.rel);
	if (userfile_read(path, &text, PATCH_MAX) ||
	    patchfile_parse(src->file.shown, str_text(&text), text.len, t->a, &pf, &quiet))
		pf.n = 0;
	err_free(&quiet);
	for (size_t i = 0; i < pf.n; i++)
		if (names_path(pf.v[i].new_path, t->path) || names_path(pf.v[i].old_path, t->path)) {
			GROW(t->found.v, t->found.n, t->found.cap);
			t->found.v[t->found.n++] = src->file.shown;
			break;
		}
	return 0;
}

static void
find_patches(struct tracing *t, const struct stage *g, struct words *out)
{
	struct touching touching = {&t->s->arena, g->e->path, {0}};

	if (!strcmp(g->ps->step->prim->name, "patch"))
		schema_sources(g->ps->step->prim->params, g->ps->step->bound, take_patch, &touching);
	*out = touching.found;
}

/* Files of the project that a step takes in */

static int
take_file(void *ctx, const struct param *q, struct source *src)
{
	struct words *w = ctx;

	(void)q;
	if (src->kind == SRC_FILE) {
		GROW(w->v, w->n, w->cap);
		w->v[w->n++] = src->file.shown;
	}
	return 0;
}

static void
find_files(const struct stage *g, struct words *out)
{
	*out = (struct words){0};
	schema_sources(g->ps->step->prim->params, g->ps->step->bound, take_file, out);
}

/* Telling */

static void
print_list(const char *what, const char *const *v, size_t n)
{
	if (!n)
		return;
	printf("    %s ", what);
	for (size_t i = 0; i < n && i < SHOWN; i++) {
		fputs(i ? ", `" : "`", stdout);
		print_safe(stdout, v[i]);
		putchar('`');
	}
	if (n > SHOWN)
		printf(" and %zu more", n - SHOWN);
	putchar('\n');
}

static void
print_stage(struct tracing *t, const struct stage *g)
{
	const struct step *step = g->ps->step;
	const char **inputs = arena_array(&t->s->arena, const char *, step->ninputs + 1);
	cleanup_str struct str line = {0};
	struct words patches, files;

	str_addf(&line, "  %s %s (%s, %s:%u)%s", how_words[g->how], step->name, step->prim->name, step->at.file,
		 step->at.line, why_made(t->s, &g->ps->key));
	if (g->from && strcmp(g->from->e->path, g->e->path) != 0)
		str_addf(&line, ", as `%s`", g->e->path);
	print_safe(stdout, str_text(&line));
	putchar('\n');
	if (g->how == PASSED)
		return;
	for (size_t i = 0; i < step->ninputs; i++)
		inputs[i] = t->s->recipe->steps[step->inputs[i]].name;
	find_patches(t, g, &patches);
	find_files(g, &files);
	print_list("by", patches.v, patches.n);
	print_list("from the result of", inputs, step->ninputs);
	if (!patches.n)
		print_list("from the file", files.v, files.n);
	free(patches.v);
	free(files.v);
}

/* The stages that led to this one, the first first. */
static size_t
chain_of(struct tracing *t, const struct stage *last, const struct stage ***out)
{
	size_t n = 0, i;

	for (const struct stage *g = last; g; g = g->from)
		n++;
	*out = arena_array(&t->s->arena, const struct stage *, n + 1);
	i = n;
	for (const struct stage *g = last; g; g = g->from)
		(*out)[--i] = g;
	return n;
}

static void
print_file(struct tracing *t, const struct stage *last)
{
	const struct stage **chain;
	size_t n = chain_of(t, last, &chain);
	cleanup_str struct str line = {0};
	char hex[HASH_HEX], size[32];

	str_addf(&line, "%s in %s: ", last->e->path, last->ps->step->name);
	if (S_ISREG(last->e->mode))
		str_addf(&line, "%s, sha256 %.16s", format_size(last->e->size, size), hash_hex(&last->e->digest, hex));
	else
		str_addf(&line, "a link to `%s`", last->e->target ? last->e->target : "");
	print_safe(stdout, str_text(&line));
	putchar('\n');
	for (size_t i = 0; i < n; i++)
		print_stage(t, chain[i]);
}

static void
add_words(struct json *to, const char *key, struct words *w)
{
	struct json *list = json_add_array(to, key);

	for (size_t i = 0; i < w->n; i++)
		json_string(list, NULL, w->v[i]);
	free(w->v);
}

static void
add_stage_json(struct tracing *t, struct json *to, const struct stage *g)
{
	static const char *const words[] = {[MADE] = "made", [CHANGED] = "changed", [PASSED] = "passed"};
	const struct step *step = g->ps->step;
	struct json *j = json_add_object(to, NULL), *inputs;
	struct words patches, files;
	char hex[HASH_HEX];

	json_string(j, "step", step->name);
	json_string(j, "primitive", step->prim->name);
	json_string(j, "how", words[g->how]);
	json_string(j, "path", g->e->path);
	json_string(j, "place", arena_printf(&t->s->arena, "%s:%u", step->at.file, step->at.line));
	json_string(j, "key", hash_hex(&g->ps->key, hex));
	inputs = json_add_array(j, "inputs");
	for (size_t i = 0; i < step->ninputs; i++)
		json_string(inputs, NULL, t->s->recipe->steps[step->inputs[i]].name);
	find_patches(t, g, &patches);
	find_files(g, &files);
	add_words(j, "patches", &patches);
	add_words(j, "files", &files);
}

static void
add_file(struct tracing *t, struct json *list, const struct stage *last)
{
	struct json *j = json_add_object(list, NULL), *steps;
	const struct stage **chain;
	size_t n = chain_of(t, last, &chain);
	char hex[HASH_HEX];

	json_string(j, "path", last->e->path);
	json_string(j, "step", last->ps->step->name);
	json_string(j, "sha256", S_ISREG(last->e->mode) ? hash_hex(&last->e->digest, hex) : NULL);
	json_uint(j, "size", last->e->size);
	steps = json_add_array(j, "steps");
	for (size_t i = 0; i < n; i++)
		add_stage_json(t, steps, chain[i]);
}

void
why_tell(struct tracing *t)
{
	cleanup_json struct json *list = json_array();
	cleanup_str struct str text = {0};

	for (size_t i = 0; i < t->n; i++) {
		bool ends = !t->v[i].passed_on && (!t->by_digest || why_has_digest(t, t->v[i].e));

		for (size_t k = i + 1; k < t->n && ends; k++)
			ends = t->v[k].from != &t->v[i];
		if (ends && wants_json(t->s->cli))
			add_file(t, list, &t->v[i]);
		else if (ends)
			print_file(t, &t->v[i]);
	}
	json_print(list, true, &text);
	if (wants_json(t->s->cli))
		fputs(str_text(&text), stdout);
}
