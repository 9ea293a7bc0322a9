#include "cli/drift.h"

#include "base/err.h"
#include "cli/table.h"
#include "data/json.h"

void
drift_add(struct drift *d, const char *file, const char *state, const char *by, const char *what)
{
	GROW(d->v, d->n, d->cap);
	d->v[d->n++] = (struct drift_row){arena_strdup(&d->arena, file), arena_strdup(&d->arena, state),
					  arena_strdup(&d->arena, by), arena_strdup(&d->arena, what)};
}

int
drift_tell(const struct drift *d, size_t first, const char *code, const char *which, const char *what, struct err *err)
{
	enum { SHOWN = DIAG_HELPS - 1 };
	size_t n = d->n - first;

	if (d->n <= first)
		return 0;
	err_set(err, code, "%zu %s %s %s not %s", n, n == 1 ? "file" : "files", which, n == 1 ? "is" : "are", what);
	for (size_t i = 0; i < n && i < SHOWN; i++) {
		const struct drift_row *r = &d->v[first + i];

		err_help(err, "`%s` %s%s%s", r->file,
			 *r->state == 'd'   ? "differs"
			 : *r->state == 'm' ? "is missing"
					    : "is extra",
			 *r->what ? ": " : "", r->what);
	}
	if (n > SHOWN)
		err_help(err, "and %zu more, which the table lists", n - SHOWN);
	return -1;
}

void
drift_print(const struct drift *d, FILE *out)
{
	struct table t = {.columns = 4};

	TABLE_ROW(&t, "FILE", "STATE", "BY", "WHAT");
	for (size_t i = 0; i < d->n; i++)
		TABLE_ROW(&t, d->v[i].file, d->v[i].state, d->v[i].by, d->v[i].what);
	if (d->n)
		table_print(&t, out, 0);
	table_free(&t);
}

void
drift_json(const struct drift *d, struct json *to)
{
	struct json *list;

	json_uint(to, "equal", d->equal);
	list = json_add_array(to, "drift");
	for (size_t i = 0; i < d->n; i++) {
		struct json *j = json_add_object(list, NULL);

		json_string(j, "file", d->v[i].file);
		json_string(j, "state", d->v[i].state);
		json_string(j, "by", d->v[i].by);
		json_string(j, "what", d->v[i].what);
	}
}

void
drift_free(struct drift *d)
{
	free(d->v);
	arena_free(&d->arena);
}
