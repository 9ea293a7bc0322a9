/* schemas_matrix: what `jkr run --matrix` takes. */
#include "cli/schemas_own.h"
#include "data/form.h"

static void
put_words_list(struct json *to)
{
	json_string(to, "type", "array");
	json_string(json_add_object(to, "items"), "type", "string");
}

/* A recipe, or a table of it and what it is given. */
static void
put_boards(struct json *to)
{
	static const struct special special[] = {{"profile", put_plain}, {"plugins", put_words_list}, {0}};
	struct json *any = json_add_array(put_map(to), "anyOf"), *one = json_add_object(any, NULL);

	json_string(to, "type", "object");
	json_string(one, "type", "string");
	one = json_add_object(any, NULL);
	json_string(one, "type", "object");
	put_object(one, board_form, NULL, special);
}

static void
put_axes(struct json *to)
{
	struct json *list = put_map(to);

	json_string(to, "type", "object");
	json_string(list, "type", "array");
	json_int(list, "minItems", 1);
	put_plain(json_add_object(list, "items"));
}

static void
put_without(struct json *to)
{
	struct json *one;

	json_string(to, "type", "array");
	one = json_add_object(to, "items");
	json_string(one, "type", "object");
	put_plain(put_map(one));
}

void
schema_matrix(struct json *top)
{
	static const struct special special[] = {
		{"summary", put_plain}, {"boards", put_boards}, {"options", put_axes}, {"without", put_without}, {0}};

	put_object(top, matrix_form, NULL, special);
}
