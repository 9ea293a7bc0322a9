/* recipe_case: one recipe at a time in a folder of its own, and short words for what it should mean. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load_case.h"

#define UNUSED __attribute__((unused))

static struct load_case c;

UNUSED static int
setup(void **state)
{
	(void)state;
	case_open(&c);
	return 0;
}

UNUSED static int
teardown(void **state)
{
	(void)state;
	case_close(&c);
	return 0;
}

/* "goal src/1-write …": the names of all steps. */
UNUSED static const char *
names(void)
{
	static char buf[4096];

	*buf = '\0';
	for (size_t i = 0; i < c.r.nsteps; i++)
		snprintf(buf + strlen(buf), sizeof buf - strlen(buf), i ? " %s" : "%s", c.r.steps[i].name);
	return buf;
}

UNUSED static void
good(const char *text)
{
	case_load(&c, text, NULL, NULL);
	if (c.status)
		fail_msg("%s\n%s", text, c.text);
}

UNUSED static void
bad(const char *text, const char *want)
{
	case_load(&c, text, NULL, NULL);
	if (!c.status || !strstr(c.text, want))
		fail_msg("%s\nwanted %s, got\n%s", text, want, c.text);
	case_reset(&c);
}

UNUSED static const struct step *
step(const char *name)
{
	const struct step *s = recipe_step(&c.r, name);

	if (!s)
		fail_msg("no step %s in: %s", name, names());
	return s;
}

UNUSED static const char *
text_of(const char *name, const char *key)
{
	const struct value *v = value_field(&step(name)->params, key);

	return v && v->type == V_STRING ? v->str.s : "(none)";
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
