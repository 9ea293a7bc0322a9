/* What two device trees say differently: blobs are written here, without dtc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/dtdiff.h"
#include "data/fdt.h"

static void
put(struct str *b, uint32_t v)
{
	const unsigned char c[] = {(unsigned char)(v >> 24), (unsigned char)(v >> 16), (unsigned char)(v >> 8),
				   (unsigned char)v};

	str_addn(b, c, 4);
}

static void
put_text(struct str *b, const char *s, size_t n)
{
	str_addn(b, s, n);
	while (b->len % 4)
		str_addc(b, 0);
}

/* "{name" begins a node, "}" ends one, "name=text" and "name#1,2" are properties: words between blanks. */
static void
blob(const char *source, struct str *out)
{
	cleanup_str struct str body = {0}, names = {0}, value = {0};
	char *copy = xstrdup(source), *save = NULL;
	const uint32_t head = 40 + 16;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		char *eq = strpbrk(w + 1, "=#");
		bool text = eq && *eq == '=';

		if (*w == '{' || *w == '}') {
			put(&body, *w == '{' ? 1 : 2);
			if (*w == '{')
				put_text(&body, w + 1, strlen(w));
			continue;
		}
		*eq++ = '\0';
		str_reset(&value);
		if (text && *eq)
			str_addn(&value, eq, strlen(eq) + 1);
		for (char *p = eq; !text && *p; p += strcspn(p, ","), p += *p == ',')
			put(&value, (uint32_t)strtoul(p, NULL, 10));
		put(&body, 3);
		put(&body, (uint32_t)value.len);
		put(&body, (uint32_t)names.len);
		put_text(&body, str_text(&value), value.len);
		str_addn(&names, w, strlen(w) + 1);
	}
	put(&body, 9);
	for (uint32_t *h = (uint32_t[]){0xd00dfeed, (uint32_t)(head + body.len + names.len), head,
					(uint32_t)(head + body.len), 40, 17, 16, 0, (uint32_t)names.len,
					(uint32_t)body.len},
		      *end = h + 10;
	     h < end; h++)
		put(out, *h);
	for (int i = 0; i < 4; i++)
		put(out, 0);
	str_addn(out, body.s, body.len);
	str_addn(out, names.s, names.len);
	free(copy);
}

static void
differ(const char *a, const char *b, const char *want)
{
	cleanup_str struct str x = {0}, y = {0}, got = {0};
	cleanup_arena struct arena arena = {0};
	struct dt_difference *v;
	struct err err = {0};
	size_t n;

	blob(a, &x);
	blob(b, &y);
	assert_int_equal(dtb_check(x.s, x.len, "a", &err), 0);
	assert_int_equal(dtb_check(y.s, y.len, "b", &err), 0);
	n = dtdiff(x.s, y.s, &arena, &v);
	for (size_t i = 0; i < n; i++)
		str_addf(&got, "%s%s %s|%s|%s%s", i ? "; " : "", v[i].path, v[i].property ? v[i].property : "",
			 v[i].a ? v[i].a : "", v[i].b ? v[i].b : "", v[i].follows ? "|follows" : "");
	assert_string_equal(str_text(&got), want);
}

static void
values(void **state)
{
	(void)state;
	differ("{ }", "{ }", "");
	differ("{ s=okay }", "{ s=okay }", "");
	differ("{ s=okay }", "{ s=off }", "/ s|\"okay\"|\"off\"");
	differ("{ n#1,2 }", "{ n#1,3 }", "/ n|<0x1 0x2>|<0x1 0x3>");
	differ("{ flag= }", "{ }", "/ flag|true|");
	differ("{ }", "{ n#255 }", "/ n||<0xff>");
}

static void
nodes(void **state)
{
	(void)state;
	differ("{ {a x=1 } {b y=2 } }", "{ {b y=2 } {a x=1 } }", "");
	differ("{ {a } }", "{ {a } {b x=1 {c y=2 } } }", "/b ||a node, 2 properties with those of the nodes in it");
	differ("{ {a {c } } {a-b } }", "{ {a-b } }", "/a |a node, 0 properties with those of the nodes in it|");
	differ("{ {__symbols__ l=/a } }", "{ {__symbols__ l=/b } }", "/__symbols__ l|\"/a\"|\"/b\"|follows");
}

static void
numbers_of_nodes(void **state)
{
	(void)state;
	/* another number for the same node says the same */
	differ("{ resets#1,7 {a phandle#1 #reset-cells#1 } {b phandle#2 } }",
	       "{ resets#2,7 {a phandle#2 #reset-cells#1 } {b phandle#1 } }", "");
	/* where nobody knows whether it is one, both are shown as what only follows */
	differ("{ p#1,7 {a phandle#1 } {b phandle#2 } }", "{ p#2,7 {a phandle#2 } {b phandle#1 } }",
	       "/ p|<0x1 (/a) 0x7>|<0x2 (/a) 0x7>|follows");
	differ("{ p#1,7 {a phandle#1 } {b phandle#2 } }", "{ p#2,7 {a phandle#1 } {b phandle#2 } }",
	       "/ p|<0x1 (/a) 0x7>|<0x2 (/b) 0x7>");
	/* the same number for another node: where a property is known to hold one */
	differ("{ clocks#1 reg#1 {a phandle#1 } {b phandle#2 } }", "{ clocks#1 reg#1 {a phandle#2 } {b phandle#1 } }",
	       "/ clocks|<0x1 (/a)>|<0x1 (/b)>");
	/* numbers are no nodes, though there are nodes of these numbers */
	differ("{ reg#1 x-frequency#1 {a phandle#1 } }", "{ reg#2 x-frequency#2 {a phandle#2 } }",
	       "/ reg|<0x1>|<0x2>; / x-frequency|<0x1>|<0x2>");
	differ("{ resets#1,1 {a phandle#1 #reset-cells#1 } }", "{ resets#2,2 {a phandle#2 #reset-cells#1 } }",
	       "/ resets|<0x1 (/a) 0x1>|<0x2 (/a) 0x2>");
	/* the second of a list */
	differ("{ clocks#1,2,3 {a phandle#1 #clock-cells#0 } {b phandle#2 #clock-cells#1 } {c phandle#3 } }",
	       "{ clocks#1,3,3 {a phandle#1 #clock-cells#0 } {b phandle#3 #clock-cells#1 } {c phandle#2 } }", "");
	differ("{ {a phandle#1 } }", "{ {a } }", "/a phandle|<0x1>||follows");
}

/* Names of parents are in the paths of all children, and a node may have any number of properties. */
static void
large(void **state)
{
	cleanup_str struct str source = {0}, x = {0}, y = {0};
	cleanup_arena struct arena arena = {0};
	struct dt_difference *v;
	struct err err = {0};

	(void)state;
	str_add(&source, "{ {");
	for (int i = 0; i < 1 << 17; i++)
		str_add(&source, "aaaaaaaa");
	str_addc(&source, ' ');
	for (int i = 0; i < 200; i++)
		str_addf(&source, "{n%d } ", i);
	str_add(&source, "} }");
	blob(source.s, &x);
	assert_int_equal(dtb_check(x.s, x.len, "a", &err), -1);
	assert_non_null(strstr(err.head->msg, "paths are longer than 128 MiB together"));
	err_free(&err);
	for (int k = 0; k < 2; k++) {
		str_reset(&source);
		str_add(&source, "{ ");
		for (int i = 0; i < 200000; i++)
			str_addf(&source, "p%d#%d ", i, k);
		str_add(&source, "}");
		blob(source.s, k ? &y : (str_reset(&x), &x));
	}
	alarm(60);
	assert_int_equal(dtdiff(x.s, y.s, &arena, &v), 200000);
	alarm(0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(nodes),
		cmocka_unit_test(numbers_of_nodes),
		cmocka_unit_test(large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
