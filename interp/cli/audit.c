#include "cli/audit.h"

#include "base/str.h"
#include "cli/table.h"
#include "data/json.h"

void
audit_add(struct audit *a, const struct audit_row *row)
{
	GROW(a->v, a->n, a->cap);
	a->v[a->n++] = *row;
}

size_t
audit_count(const struct audit *a, enum audit_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		n += a->v[i].state == state;
	return n;
}

static const char *
state_name(const struct audit *a, enum audit_state s)
{
	return s == AUDIT_OK ? "ok" : s == AUDIT_FAILED ? "FAILED" : a->open;
}

void
audit_print(const struct audit *a, FILE *out)
{
	struct table t = {.columns = 5};

	TABLE_ROW(&t, "CHECK", "STATE", "ASKED", "GOT", a->n && a->v[0].file ? "LINE" : "");
	for (size_t i = 0; i < a->n; i++) {
		const struct audit_row *r = &a->v[i];
		cleanup_str struct str at = {0};

		if (r->file)
			str_addf(&at, "%s:%u", r->file, r->line);
		TABLE_ROW(&t, r->check, state_name(a, r->state), r->asked, r->got, str_text(&at));
	}
	table_print(&t, out, 0);
	table_free(&t);
	fprintf(out, "%s: %zu of %zu checks hold", a->subject, audit_count(a, AUDIT_OK), a->n);
	if (audit_count(a, AUDIT_OPEN))
		fprintf(out, ", %zu %s", audit_count(a, AUDIT_OPEN), a->open);
	putc('\n', out);
}

void
audit_print_json(const struct audit *a, FILE *out)
{
	cleanup_json struct json *j = json_object();
	cleanup_str struct str text = {0};
	struct json *list;

	json_string(j, "audited", a->subject);
	json_bool(j, "good", !audit_count(a, AUDIT_FAILED));
	list = json_add_array(j, "checks");
	for (size_t i = 0; i < a->n; i++) {
		const struct audit_row *r = &a->v[i];
		struct json *c = json_add_object(list, NULL);

		json_string(c, "check", r->check);
		json_string(c, "verb", r->verb);
		json_string(c, "state", r->state == AUDIT_FAILED ? "failed" : state_name(a, r->state));
		json_string(c, "asked", r->asked);
		json_string(c, "got", r->got);
		json_string(c, "file", r->file);
		if (r->file)
			json_uint(c, "line", r->line);
	}
	json_print(j, true, &text);
	fputs(str_text(&text), out);
}

void
audit_free(struct audit *a)
{
	free(a->v);
	arena_free(&a->arena);
}
