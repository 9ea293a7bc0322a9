#include "base/str.h"
#include "cli/show.h"
#include "cli/table.h"
#include "data/json.h"
#include "model/matrix.h"

static void
artifact_json(struct json *list, const struct artifact *v)
{
	struct json *f = json_add_object(list, NULL);

	json_string(f, "name", v->name);
	json_string(f, "path", v->path);
	json_string(f, "sha256", v->sha256);
	json_uint(f, "size", v->size);
	json_string(f, "kind", v->folder ? "folder" : "file");
}

static void
rows_json(const struct session *s, struct json *rows, const struct artifact *v, size_t n)
{
	for (const struct member *m = s->recipe->members; m < s->recipe->members + s->recipe->nmembers; m++) {
		struct json *j, *list;

		if (!artifacts_wanted(s->cli, m))
			continue;
		j = json_add_object(rows, NULL);
		json_string(j, "name", m->name);
		json_string(j, "recipe", m->recipe->name);
		json_string(j, "version", m->recipe->version);
		list = json_add_array(j, "artifacts");
		for (size_t i = 0; i < n; i++)
			if (str_eq(v[i].row, m->name))
				artifact_json(list, &v[i]);
	}
}

static void
artifacts_json(const struct session *s, const struct artifact *v, size_t n, double seconds, FILE *out)
{
	cleanup_json struct json *j = json_object();
	cleanup_str struct str text = {0};
	struct json *list;

	json_string(j, s->recipe->nmembers ? "matrix" : "recipe", s->recipe->name);
	if (!s->recipe->nmembers)
		json_string(j, "version", s->recipe->version);
	json_double(j, "seconds", seconds);
	if (plan_dirty(&s->plan))
		json_bool(j, "dirty", true);
	if (s->recipe->nmembers)
		rows_json(s, json_add_array(j, "rows"), v, n);
	list = json_add_array(j, "artifacts");
	for (size_t i = 0; i < n; i++)
		if (!v[i].row)
			artifact_json(list, &v[i]);
	json_print(j, true, &text);
	fputs(str_text(&text), out);
}

void
show_artifacts(const struct session *s, const struct artifact *v, size_t n, double seconds, FILE *out)
{
	struct table t = {.columns = 4};
	cleanup_arena struct arena a = {0};
	char time[32];

	if (wants_json(s->cli)) {
		artifacts_json(s, v, n, seconds, out);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		char size[32];

		TABLE_ROW(&t,
			  arena_printf(&a, "%s%s%s%s", v[i].row ? v[i].row : "", v[i].row ? "/" : "", v[i].name,
				       v[i].folder ? "/" : ""),
			  format_size(v[i].size, size), v[i].path ? v[i].path : "in several layers, exported by -o",
			  v[i].sha256);
	}
	fprintf(out, s->worked ? "%s: made in %s%s%s\n" : "%s: nothing to do (%s)%s%s\n", s->recipe->name,
		format_duration(seconds, time), plan_dirty(&s->plan) ? ", dirty" : "",
		n ? "" : ", and the recipe returns nothing");
	table_print(&t, out, 2);
	table_free(&t);
}
