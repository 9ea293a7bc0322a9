/* diff_show: what differs, for people and as JSON. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/diff.h"
#include "cli/show.h"
#include "data/json.h"

enum { SHOWN = 20 };

static void
print_side(char mark, const char *value, const char *at)
{
	if (!value)
		return;
	printf("    %c ", mark);
	print_safe(stdout, value);
	if (at)
		fputs("  (", stdout), print_safe(stdout, at), putchar(')');
	putchar('\n');
}

static void
print_row(const struct diff_row *r)
{
	fputs("  ", stdout);
	print_safe(stdout, r->name);
	if (r->note) {
		fputs(r->a || r->b ? "  (" : ": ", stdout);
		print_safe(stdout, r->note);
		fputs(r->a || r->b ? ")" : "", stdout);
	}
	putchar('\n');
	print_side('-', r->a, r->at_a);
	print_side('+', r->b, r->at_b);
}

static void
print_rows(const struct diff_rows *rows, bool all)
{
	size_t direct = rows->n - rows->follows, shown = 0;

	for (int follows = 0; follows < 1 + all; follows++)
		for (size_t i = 0; i < rows->n; i++) {
			if (rows->v[i].follows != follows || (!all && shown == SHOWN))
				continue;
			print_row(&rows->v[i]);
			shown++;
		}
	if (!all && direct > shown)
		printf("  and %zu more; -v shows them\n", direct - shown);
}

static void
print_kind(const struct diff_told *t, bool all)
{
	size_t direct = t->rows.n - t->rows.follows;

	printf("%s: %zu %s", t->kind->name, direct, direct == 1 ? t->rows.one : t->rows.many);
	fputs(direct == 1 ? " differs" : " differ", stdout);
	if (t->rows.follows)
		printf(", and %zu that follow%s%s", t->rows.follows, t->rows.follows == 1 ? "s" : "",
		       all ? "" : "; -v shows them");
	putchar('\n');
	print_rows(&t->rows, all);
}

static void
print_equal(const struct diff_told *v, size_t n)
{
	bool first = true;

	for (size_t i = 0; i < n; i++)
		if (!v[i].rows.n) {
			printf("%s%s", first ? "equal: " : ", ", v[i].kind->name);
			first = false;
		}
	if (!first)
		putchar('\n');
}

static void
print_releases(const struct diffing *d)
{
	fputs("RELEASE in paths: ", stdout);
	print_safe(stdout, d->side[0].release);
	fputs(" and ", stdout);
	print_safe(stdout, d->side[1].release);
	putchar('\n');
}

void
diff_print(const struct diffing *d, const struct diff_told *v, size_t n)
{
	size_t rows = 0;

	for (size_t i = 0; i < n; i++)
		rows += v[i].rows.n;
	if (rows)
		printf("- %s\n+ %s\n", d->side[0].shown, d->side[1].shown);
	if (rows && d->side[0].release && d->side[1].release && strcmp(d->side[0].release, d->side[1].release) != 0)
		print_releases(d);
	for (size_t i = 0; i < n; i++)
		if (v[i].rows.n)
			print_kind(&v[i], d->cli->verbose);
	print_equal(v, n);
}

static void
add_row(struct json *list, const struct diff_row *r)
{
	struct json *j = json_add_object(list, NULL);

	json_string(j, "name", r->name);
	json_string(j, "a", r->a);
	json_string(j, "b", r->b);
	json_string(j, "a_place", r->at_a);
	json_string(j, "b_place", r->at_b);
	json_string(j, "note", r->note);
	json_bool(j, "follows", r->follows);
}

void
diff_print_json(const struct diffing *d, const struct diff_told *v, size_t n)
{
	cleanup_json struct json *j = json_object();
	cleanup_str struct str text = {0};
	struct json *kinds;
	size_t rows = 0;

	for (size_t i = 0; i < n; i++)
		rows += v[i].rows.n;
	json_string(j, "a", d->side[0].shown);
	json_string(j, "b", d->side[1].shown);
	json_string(j, "a_release", d->side[0].release);
	json_string(j, "b_release", d->side[1].release);
	/* a recipe that is not all built: its files were not compared */
	json_bool(j, "a_partial", d->side[0].partial);
	json_bool(j, "b_partial", d->side[1].partial);
	json_bool(j, "equal", !rows);
	kinds = json_add_object(j, "kinds");
	for (size_t i = 0; i < n; i++) {
		struct json *k = json_add_object(kinds, v[i].kind->name);
		struct json *list = json_add_array(k, "differences");

		for (size_t r = 0; r < v[i].rows.n; r++)
			add_row(list, &v[i].rows.v[r]);
	}
	json_print(j, true, &text);
	fputs(str_text(&text), stdout);
}
