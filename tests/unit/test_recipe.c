#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/str.h"
#include "model/recipe.h"
#include "scratch.h"
#include "values.h"

struct thing {
	struct sources items;
	const char *text;
	struct symbols config;
};

static const struct param params[] = {
	PARAM(thing, items, P_SOURCE, P_LIST | P_OPERAND, "Items."),
	PARAM(thing, text, P_STRING, 0, "Text."),
	PARAM(thing, config, P_SYMBOLS, 0, "Symbols."),
	{0},
};

static int
no_bad_text(const void *p, struct err *err)
{
	const struct thing *t = p;

	return str_eq(t->text, "bad") ? err_set(err, NULL, "the text is bad") : 0;
}

static const struct prim make = {.name = "make", .params = params, .size = sizeof(struct thing), .check = no_bad_text};
static const struct prim write_on = {.name = "put", .params = params, .size = sizeof(struct thing), .flags = PRIM_ON};
static const struct prim patch = {
	.name = "patch", .params = params, .size = sizeof(struct thing), .flags = PRIM_ON | PRIM_NEEDS_ON};

static struct step
step(const char *name, const struct prim *prim, struct value *items, size_t n)
{
	return (struct step){.name = name,
			     .prim = prim,
			     .params = TABLE(items, n, NULL, 0),
			     .at = {.file = "r.lua", .line = (unsigned)strlen(name)}};
}

static void
with_fields(struct step *s, struct field *f, size_t n)
{
	s->params.table.fields = f;
	s->params.table.nfields = n;
}

static void
refused(struct recipe *r, const char *code, const char *msg)
{
	struct err err = {0};

	assert_int_equal(recipe_resolve(r, &err), -1);
	assert_int_equal(err_count(&err), 1);
	assert_string_equal(err.head->msg, msg);
	if (code)
		assert_string_equal(err.head->code, code);
	assert_non_null(err.head->at.file);
	err_free(&err);
	recipe_free(r);
}

static void
test_inputs(void **state)
{
	struct value deep[] = {REF(1, ""), REF(0, "a"), REF(1, "x")};
	struct field sym[] = {{"LOCALVERSION", TEXT(2, "release")}};
	struct field f[] = {{"config", FIELDS(sym)}, {"on", REF(0, "")}, {"text", TEXT(1, "r")}};
	struct step steps[] = {step("a", &make, NULL, 0), step("b", &make, NULL, 0), step("c", &make, NULL, 0),
			       step("d", &write_on, deep, 3)};
	struct recipe r = {.steps = steps, .nsteps = 4};
	struct err err = {0};
	const struct step *d;

	(void)state;
	with_fields(&steps[3], f, 3);
	assert_int_equal(recipe_resolve(&r, &err), 0);
	d = recipe_step(&r, "d");
	assert_ptr_equal(d, &steps[3]);
	assert_null(recipe_step(&r, "e"));
	assert_int_equal(d->ninputs, 3);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(d->inputs[i], i);
	assert_int_equal(((struct thing *)d->bound)->items.n, 3);
	assert_int_equal(d->common.on.kind, SRC_REF);
	assert_string_equal(((struct thing *)d->bound)->text, TEXT_LATER);
	assert_int_equal(steps[0].ninputs, 0);
	recipe_free(&r);
}

static int
say_hello(void *ctx, const struct step_ref *ref, struct str *out, struct err *err)
{
	(void)ctx, (void)ref, (void)err;
	str_add(out, "hello");
	return 0;
}

static void
test_fill(void **state)
{
	struct field f[] = {{"text", TEXT(0, "r")}};
	struct step steps[] = {step("a", &make, NULL, 0), step("b", &make, NULL, 0)};
	struct recipe r = {.steps = steps, .nsteps = 2};
	cleanup_arena struct arena a = {0};
	struct err err = {0};
	void *bound = NULL;

	(void)state;
	with_fields(&steps[1], f, 1);
	assert_int_equal(recipe_resolve(&r, &err), 0);
	assert_int_equal(step_fill(&steps[1], say_hello, NULL, &a, &bound, &err), 0);
	assert_string_equal(((struct thing *)bound)->text, "hello");
	assert_string_equal(((struct thing *)steps[1].bound)->text, TEXT_LATER);
	recipe_free(&r);
}

static void
test_names(void **state)
{
	struct step steps[] = {step("a", &make, NULL, 0), step("bb", &make, NULL, 0), step("a", &make, NULL, 0)};
	struct recipe r = {.steps = steps, .nsteps = 3};
	struct err err = {0};

	(void)state;
	steps[2].at.line = 9;
	assert_int_equal(recipe_resolve(&r, &err), -1);
	assert_string_equal(err.head->code, "E0113");
	assert_int_equal(err.head->at.line, 9);
	assert_string_equal(err.head->help[0], "the first one is at r.lua:1; give one of them another name");
	err_free(&err);
	recipe_free(&r);
}

static void
test_on(void **state)
{
	struct field on[] = {{"on", REF(0, "")}};
	struct step steps[] = {step("a", &make, NULL, 0), step("b", &patch, NULL, 0)};
	struct recipe r = {.steps = steps, .nsteps = 2};
	struct err err = {0};

	(void)state;
	refused(&r, "E0116", "patch \"b\" has no tree to write onto");
	with_fields(&steps[1], on, 1);
	assert_int_equal(recipe_resolve(&r, &err), 0);
	recipe_free(&r);
	steps[1].prim = &write_on;
	with_fields(&steps[1], NULL, 0);
	assert_int_equal(recipe_resolve(&r, &err), 0);
	recipe_free(&r);
	steps[1].prim = &make;
	with_fields(&steps[1], on, 1);
	refused(&r, "E0117", "make \"b\" does not write onto a tree");
}

static void
test_references(void **state)
{
	struct value unknown[] = {REF(7, "")}, self[] = {REF(0, "")}, climbs[] = {REF(0, "../x")};
	struct step steps[] = {step("a", &make, NULL, 0), step("b", &make, unknown, 1)};
	struct recipe r = {.steps = steps, .nsteps = 2};

	(void)state;
	refused(&r, "E0114", "step `b` refers to step number 7, and there are 2");
	steps[1] = step("b", &make, climbs, 1);
	refused(&r, "E0107", "`../x` for `items` in make \"b\" is not a path inside its tree");
	steps[1] = step("b", &make, NULL, 0);
	steps[0] = step("a", &make, self, 1);
	refused(&r, "E0115", "steps need each other: a → a");
}

static void
test_cycle(void **state)
{
	struct value to_b[] = {REF(1, "")}, to_c[] = {REF(2, "")}, to_d[] = {REF(3, ""), REF(0, "")};
	struct step steps[] = {step("a", &make, NULL, 0), step("b", &make, to_c, 1), step("c", &make, to_d, 2),
			       step("d", &make, to_b, 1), step("user", &make, to_b, 1)};
	struct recipe r = {.steps = steps, .nsteps = 5};
	struct err err = {0};

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		steps[i].at.line = 10 + i;
	assert_int_equal(recipe_resolve(&r, &err), -1);
	assert_int_equal(err.head->at.line, 11);
	err_free(&err);
	refused(&r, "E0115", "steps need each other: b → c → d → b");
}

#define LONG 100000

static void
test_long_chain(void **state)
{
	struct recipe r = {.nsteps = LONG};
	struct value *refs = xcalloc(LONG, sizeof *refs);
	struct err err = {0};

	(void)state;
	r.steps = xcalloc(LONG, sizeof *r.steps);
	for (uint32_t i = 0; i < LONG; i++) {
		refs[i] = (struct value)REF(i ? i - 1 : 0, "");
		r.steps[i] = step(arena_printf(&r.arena, "s%u", i), &make, &refs[i], i != 0);
	}
	assert_int_equal(recipe_resolve(&r, &err), 0);
	assert_int_equal(recipe_step(&r, "s99999")->inputs[0], 99998);
	refs[1].ref.step = LONG - 1; /* now all but the first are one cycle */
	assert_int_equal(recipe_resolve(&r, &err), -1);
	assert_string_equal(err.head->code, "E0115");
	assert_non_null(strstr(err.head->msg, "… 99991 more …"));
	err_free(&err);
	free(r.steps);
	free(refs);
	recipe_free(&r);
}

static void
test_mistakes_are_collected(void **state)
{
	struct field bad[] = {{"text", STR("bad")}}, wrong[] = {{"texd", STR("x")}, {"text", INT(1)}};
	struct step steps[] = {step("a", &make, NULL, 0), step("b", &make, NULL, 0)};
	struct recipe r = {.steps = steps, .nsteps = 2};
	struct err err = {0};

	(void)state;
	with_fields(&steps[0], bad, 1);
	with_fields(&steps[1], wrong, 2);
	assert_int_equal(recipe_resolve(&r, &err), -1);
	assert_int_equal(err_count(&err), 3);
	assert_string_equal(err.head->msg, "the text is bad");
	assert_string_equal(err.head->at.file, "r.lua");
	assert_string_equal(err.head->next->code, "E0101");
	assert_string_equal(err.tail->msg, "wrong type for `text` in make \"b\": expected a string, got a number");
	err_free(&err);
	recipe_free(&r);
}

static void
test_missing_files(void **state)
{
	char root[SCRATCH];
	cleanup_free char *path = NULL;
	struct value items[1];
	struct step steps[] = {step("a", &make, items, 1)};
	struct recipe r = {.steps = steps, .nsteps = 1};
	struct err err = {0};

	(void)state;
	path = xasprintf("%s/virt.dts", scratch_new(root));
	assert_int_equal(close(open(path, O_CREAT | O_WRONLY, 0644)), 0);
	items[0] = (struct value)FILE_AT(root, "virt.dts");
	assert_int_equal(recipe_resolve(&r, &err), 0);
	recipe_free(&r);
	items[0] = (struct value)FILE_AT(root, "vrit.dts");
	assert_int_equal(recipe_resolve(&r, &err), -1);
	assert_string_equal(err.head->code, "E0112");
	assert_string_equal(err.head->help[0], "did you mean `virt.dts`?");
	err_free(&err);
	recipe_free(&r);
	items[0] = (struct value)FILE_AT(root, "");
	assert_int_equal(recipe_resolve(&r, &err), 0);
	recipe_free(&r);
	assert_int_equal(scratch_drop(root), 0);
}

static void
test_source(void **state)
{
	char text[] = "return 1\n";
	struct recipe r = {0};

	(void)state;
	assert_null(recipe_source(&r, "x.lua"));
	map_set(&r.sources, "x.lua", text);
	assert_string_equal(recipe_source(&r, "x.lua"), "return 1\n");
	recipe_free(&r);
	assert_null(recipe_source(&r, "x.lua"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inputs),     cmocka_unit_test(test_fill),
		cmocka_unit_test(test_names),      cmocka_unit_test(test_on),
		cmocka_unit_test(test_references), cmocka_unit_test(test_cycle),
		cmocka_unit_test(test_long_chain), cmocka_unit_test(test_mistakes_are_collected),
		cmocka_unit_test(test_source),     cmocka_unit_test(test_missing_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
