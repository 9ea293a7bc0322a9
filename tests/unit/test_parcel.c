/* A step of every primitive, with something in each parameter, goes into a parcel and comes out with an equal key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/str.h"
#include "model/key.h"
#include "model/parcel.h"

#define LIST 2

static char root[] = "/tmp/jkr-parcel.XXXXXX";

/* -- a world --------------------------------------------------------------------------------------------- */
static int
fake_part(void *ctx, const struct hash *tree, const char *path, struct hash *out, struct err *err)
{
	cleanup_free char *text = xasprintf("%02x%02x %s", tree->b[0], tree->b[1], path);

	(void)ctx, (void)err;
	*out = hash_of(text, strlen(text));
	return 0;
}

static int
fake_file(void *ctx, const struct file_ref *file, struct file_content *out, struct err *err)
{
	(void)ctx, (void)err;
	out->hash = hash_of(file->rel, strlen(file->rel));
	out->executable = strlen(file->rel) % 2;
	return 0;
}

static const struct plan_env env = {.part = fake_part, .file = fake_file};

static const struct place at = {.file = "r.lua", .key = "k.1", .line = 3, .col = 4, .len = 5};

/* -- parameters with something in each ------------------------------------------------------------------ */
static struct source
a_source(size_t number, bool file)
{
	struct source s = {.kind = file ? SRC_FILE : SRC_REF, .at = at};

	if (file)
		s.file = (struct file_ref){
			.root = root, .rel = number % 2 ? "one.txt" : "folder/two.txt", .shown = "shown"};
	else
		s.ref = (struct step_ref){(uint32_t)(number % 2), number % 2 ? "usr/lib" : ""};
	return s;
}

static void
fill_list(const struct param *p, void *to, struct arena *a)
{
	if (p->type == P_FILE || p->type == P_SOURCE || p->type == P_STEP) {
		struct sources *v = to;

		v->n = LIST;
		v->v = arena_array(a, struct source, LIST);
		for (size_t i = 0; i < LIST; i++)
			v->v[i] = a_source(i, p->type != P_STEP && i);
	} else {
		struct strings *v = to;
		struct place *places = arena_array(a, struct place, LIST);

		v->n = LIST;
		v->v = arena_array(a, const char *, LIST + 1);
		v->at = places;
		for (size_t i = 0; i < LIST; i++) {
			v->v[i] = p->type == P_CHOICE ? p->choices[0] : arena_printf(a, "word-%zu", i);
			places[i] = at;
		}
	}
}

static void
fill_tables(const struct param *p, void *to, struct arena *a)
{
	if (p->type == P_MAP) {
		struct pairs *v = to;

		v->n = 1;
		v->v = arena_new(a, struct pair);
		*v->v = (struct pair){"KEY", "a \"value\"\n", at};
	} else if (p->type == P_SYMBOLS) {
		struct symbols *v = to;
		const struct param fragments = {.type = P_SOURCE, .flags = P_LIST};

		v->n = 1;
		v->v = arena_new(a, struct symbol);
		*v->v = (struct symbol){"PREEMPT_RT", "y", at};
		fill_list(&fragments, &v->fragments, a);
	} else {
		struct mounts *v = to;

		v->n = 1;
		v->v = arena_new(a, struct mount_param);
		*v->v = (struct mount_param){"/jkr/x", a_source(1, true)};
	}
}

static void
fill(const struct param *p, void *to, struct arena *a)
{
	if (p->flags & P_LIST) {
		fill_list(p, to, a);
		return;
	}
	switch (p->type) {
	case P_BOOL: *(bool *)to = true; break;
	case P_INT:
	case P_SIZE: *(int64_t *)to = p->max ? p->max : 7; break;
	case P_STRING: *(const char **)to = "a \xc3\xa4 text\nof two lines"; break;
	case P_CHOICE: *(const char **)to = p->choices[0]; break;
	case P_PATH: *(const char **)to = "usr/share/x"; break;
	case P_SHA256: *(const char **)to = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"; break;
	case P_FILE:
	case P_SOURCE: *(struct source *)to = a_source(p->offset, p->offset / 8 % 2); break;
	case P_STEP: *(struct source *)to = a_source(p->offset, false); break;
	case P_MAP:
	case P_SYMBOLS:
	case P_MOUNTS: fill_tables(p, to, a); break;
	case P_ANY: fail_msg("a primitive with a parameter of any kind");
	}
}

/* Two inputs and a step of the primitive. */
struct world {
	struct arena arena;
	struct recipe recipe;
	struct plan plan;
	struct step steps[4];
	struct plan_step v[4];
	uint32_t inputs[2];
};

static void
world_make(struct world *w, const struct prim *prim)
{
	static const struct capabilities *may[2];

	memset(w, 0, sizeof *w);
	w->recipe = (struct recipe){.name = "r", .path = "/x/r.lua", .root = root, .steps = w->steps, .nsteps = 4};
	w->plan = (struct plan){.recipe = &w->recipe, .v = w->v, .n = 4};
	for (uint32_t i = 0; i < 4; i++) {
		w->steps[i] = (struct step){.name = arena_printf(&w->arena, "step-%u", i), .prim = prims[0], .at = at};
		w->v[i].step = &w->steps[i];
		w->v[i].result.tree = hash_of(&i, sizeof i);
		w->v[i].key = hash_of(&i, 2);
		w->v[i].state = PLAN_CACHED;
	}
	w->inputs[0] = 0;
	w->inputs[1] = 1;
	memcpy(w->steps[2].may, may, sizeof may);
	w->steps[2].prim = prim;
	w->steps[2].inputs = w->inputs;
	w->steps[2].ninputs = 2;
	w->v[2].bound = arena_alloc(&w->arena, prim->size);
	for (const struct param *p = prim->params; p->name; p++)
		fill(p, (char *)w->v[2].bound + p->offset, &w->arena);
	for (const struct param *p = step_params; p->name; p++)
		fill(p, (char *)&w->steps[2].common + p->offset, &w->arena);
	w->v[2].epoch = 1700000000;
	w->v[2].pin = prim->flags & PRIM_IMPURE ? "a pin" : NULL;
}

static void
pack(struct world *w, struct str *out)
{
	const struct parcel_wish wish = {"r.lua", 3, 99, false, 1};
	struct err err = {0};

	assert_int_equal(parcel_write(&w->plan, 2, &env, &wish, out, &err), 0);
}

/* -- tests ------------------------------------------------------------------------------------------------ */
static void
every_primitive_has_an_equal_key(void **state)
{
	(void)state;
	for (const struct prim *const *p = prims; *p; p++) {
		cleanup_str struct str bytes = {0}, before = {0}, after = {0};
		struct err err = {0};
		struct parcel got;
		struct world w;

		if ((*p)->flags & PRIM_LINEAGE)
			continue; /* its key holds what a parcel does not */
		world_make(&w, *p);
		assert_int_equal(key_text(&w.plan, &w.v[2], &env, &before, &err), 0);
		pack(&w, &bytes);
		if (parcel_read(bytes.s, bytes.len, "/scratch", &got, &err))
			fail_msg("%s: %s", (*p)->name, err.head->msg);
		assert_int_equal(got.recipe.nsteps, 3);
		assert_int_equal(key_text(&got.plan, &got.plan.v[2], &env, &after, &err), 0);
		assert_string_equal(str_text(&after), str_text(&before));
		assert_string_equal(got.recipe.steps[2].name, "step-2");
		assert_int_equal(got.recipe.steps[2].common.cpus, 4096);
		assert_int_equal(got.recipe.steps[2].common.features.n, LIST);
		assert_memory_equal(&got.plan.v[1].key, &w.v[1].key, sizeof w.v[1].key);
		for (size_t i = 0; i < got.nfiles; i++)
			assert_string_equal(got.files[i].file.root, "/scratch/0");
		parcel_free(&got);
		arena_free(&w.arena);
	}
}

static void
what_is_cut_or_changed_is_refused_or_whole(void **state)
{
	const struct prim *prim = prim_find("make_in_container");
	cleanup_str struct str bytes = {0};
	struct world w;

	(void)state;
	world_make(&w, prim);
	pack(&w, &bytes);
	for (size_t n = 0; n < bytes.len; n++) {
		struct err err = {0};
		struct parcel got;

		assert_int_equal(parcel_read(bytes.s, n, "/scratch", &got, &err), -1);
		parcel_free(&got);
		err_free(&err);
		bytes.s[n] ^= 0x55;
		if (!parcel_read(bytes.s, bytes.len, "/scratch", &got, &err))
			assert_int_equal(got.recipe.nsteps, 3);
		parcel_free(&got);
		err_free(&err);
		bytes.s[n] ^= 0x55;
	}
	arena_free(&w.arena);
}

static void
what_cannot_travel_says_why(void **state)
{
	struct world w;

	(void)state;
	world_make(&w, prim_find("fetch"));
	assert_string_equal(parcel_refusal(&w.plan, 2), "it takes something from outside");
	arena_free(&w.arena);
	world_make(&w, prim_find("write"));
	w.steps[2].common.on = a_source(0, false);
	assert_null(parcel_refusal(&w.plan, 2));
	w.v[2].dirty = true;
	assert_string_equal(parcel_refusal(&w.plan, 2), "it rests on an edited folder");
	arena_free(&w.arena);
	world_make(&w, prim_find("copy"));
	w.steps[2].common.on = a_source(0, false);
	assert_null(parcel_refusal(&w.plan, 2));
	((struct sources *)w.v[2].bound)->v[1].file.rel = "folder";
	assert_string_equal(parcel_refusal(&w.plan, 2), "it takes in the folder `shown`");
	plan_free(&w.plan);
	arena_free(&w.arena);
}

static int
make_files(void **state)
{
	cleanup_free char *one = NULL, *folder = NULL, *two = NULL;

	(void)state;
	if (!mkdtemp(root))
		return -1;
	one = xasprintf("%s/one.txt", root);
	folder = xasprintf("%s/folder", root);
	two = xasprintf("%s/folder/two.txt", root);
	close(open(one, O_CREAT | O_WRONLY, 0644));
	mkdir(folder, 0755);
	return close(open(two, O_CREAT | O_WRONLY, 0644));
}

static int
remove_files(void **state)
{
	cleanup_free char *command = xasprintf("rm -r %s", root);

	(void)state;
	return system(command);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_primitive_has_an_equal_key),
		cmocka_unit_test(what_is_cut_or_changed_is_refused_or_whole),
		cmocka_unit_test(what_cannot_travel_says_why),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
