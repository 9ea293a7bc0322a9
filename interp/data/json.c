#include "data/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#define CODE "E0902"
#define DEPTH 64

/* A struct json is a cJSON node; only this file knows. */
static cJSON *
node(const struct json *j)
{
	return (cJSON *)j;
}

static cJSON *
made(cJSON *c)
{
	if (!c)
		abort();
	return c;
}

struct json *
json_object(void)
{
	return (struct json *)made(cJSON_CreateObject());
}

struct json *
json_array(void)
{
	return (struct json *)made(cJSON_CreateArray());
}

void
json_free(struct json *j)
{
	cJSON_Delete(node(j));
}

/* The text with every byte that is not UTF-8 replaced. */
static char *
utf8_clean(const char *s)
{
	struct str b = {0};
	size_t left = strlen(s);

	while (left) {
		size_t n = str_utf8(s, left);

		if (n)
			str_addn(&b, s, n);
		else
			str_add(&b, "\xef\xbf\xbd");
		s += n ? n : 1;
		left -= n ? n : 1;
	}
	return str_steal(&b);
}

void
json_add(struct json *to, const char *key, struct json *child)
{
	cJSON_bool ok =
		key ? cJSON_AddItemToObject(node(to), key, node(child)) : cJSON_AddItemToArray(node(to), node(child));

	if (!ok)
		abort();
}

static void
add(struct json *to, const char *key, cJSON *c)
{
	json_add(to, key, (struct json *)made(c));
}

struct json *
json_add_object(struct json *to, const char *key)
{
	struct json *j = json_object();

	json_add(to, key, j);
	return j;
}

struct json *
json_add_array(struct json *to, const char *key)
{
	struct json *j = json_array();

	json_add(to, key, j);
	return j;
}

void
json_string(struct json *to, const char *key, const char *s)
{
	cleanup_free char *clean = s ? utf8_clean(s) : NULL;

	add(to, key, clean ? cJSON_CreateString(clean) : cJSON_CreateNull());
}

/* Numbers go in as text, since cJSON's own are doubles. */
void
json_int(struct json *to, const char *key, int64_t i)
{
	char text[32];

	snprintf(text, sizeof text, "%" PRId64, i);
	add(to, key, cJSON_CreateRaw(text));
}

void
json_uint(struct json *to, const char *key, uint64_t i)
{
	char text[32];

	snprintf(text, sizeof text, "%" PRIu64, i);
	add(to, key, cJSON_CreateRaw(text));
}

void
json_double(struct json *to, const char *key, double d)
{
	char text[400];

	if (!isfinite(d)) {
		json_null(to, key);
		return;
	}
	snprintf(text, sizeof text, "%.3f", d);
	add(to, key, cJSON_CreateRaw(text));
}

void
json_bool(struct json *to, const char *key, bool b)
{
	add(to, key, cJSON_CreateBool(b));
}

void
json_null(struct json *to, const char *key)
{
	add(to, key, cJSON_CreateNull());
}

static void
json_table(struct json *to, const char *key, const struct value *v)
{
	bool list = v->table.nitems || !v->table.nfields;
	struct json *j = list ? json_add_array(to, key) : json_add_object(to, key);

	for (size_t i = 0; i < v->table.nitems; i++)
		json_value(j, NULL, &v->table.items[i]);
	if (list && v->table.nfields)
		j = json_add_object(j, NULL);
	for (size_t i = 0; i < v->table.nfields; i++)
		json_value(j, v->table.fields[i].key, &v->table.fields[i].value);
}

/* A table of fields is an object, one of items an array; of both, an array that ends with the object. */
void
json_value(struct json *to, const char *key, const struct value *v)
{
	const char tri[2] = {v->type == V_TRI ? v->tri : 0, 0};

	switch (v->type) {
	case V_BOOL: json_bool(to, key, v->b); break;
	case V_INT: json_int(to, key, v->i); break;
	case V_TRI: json_string(to, key, tri); break;
	case V_STRING: json_string(to, key, v->str.s); break;
	case V_FILE: json_string(to, key, v->file.shown); break;
	case V_TABLE: json_table(to, key, v); break;
	case V_REF:
	case V_TEXT: {
		struct json *j = json_add_object(to, key);

		json_uint(j, v->type == V_REF ? "step" : "text_of_step", v->ref.step);
		json_string(j, "path", v->ref.path);
		break;
	}
	case V_NIL: json_null(to, key); break;
	}
}

void
json_print(const struct json *j, bool pretty, struct str *out)
{
	char *text = pretty ? cJSON_Print(node(j)) : cJSON_PrintUnformatted(node(j));

	if (!text)
		abort();
	str_add(out, text);
	if (pretty)
		str_addc(out, '\n');
	cJSON_free(text);
}

static struct place
place_at(const char *text, size_t offset, const char *shown)
{
	struct place at = {.file = shown, .line = 1, .col = 1, .len = 1};

	for (size_t i = 0; i < offset; i++) {
		at.col++;
		if (text[i] == '\n') {
			at.line++;
			at.col = 1;
		}
	}
	return at;
}

/* What cJSON lets pass: bytes that are no text, NUL in strings, raw control bytes, depth. */
static const char *
scan(const char *s, size_t len, size_t *where)
{
	bool quoted = false;
	unsigned depth = 0;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		*where = i;
		n = str_utf8(s + i, len - i);
		if (!n)
			return "bytes that are not UTF-8";
		if ((unsigned char)s[i] < 0x20 && (quoted || !strchr("\t\n\r", s[i]) || !s[i]))
			return "a control byte";
		if (quoted && len - i >= 6 && !strncmp(s + i, "\\u0000", 6))
			return "the character \\u0000";
		if (quoted && s[i] == '\\' && i + 1 < len && (unsigned char)s[i + 1] >= 0x20 &&
		    (unsigned char)s[i + 1] < 0x80)
			n = 2;
		else if (s[i] == '"')
			quoted = !quoted;
		else if (!quoted && (s[i] == '{' || s[i] == '[') && ++depth > DEPTH)
			return "more than 64 levels";
		else if (!quoted && (s[i] == '}' || s[i] == ']') && depth)
			depth--;
	}
	return NULL;
}

static int
field_order(const void *a, const void *b)
{
	return strcmp(((const struct field *)a)->key, ((const struct field *)b)->key);
}

struct reader {
	struct arena *a;
	const char *text, *shown;
	struct err *err;
	size_t nobjects; /* begun so far, in the order of the text */
	size_t nnumbers; /* seen so far, in the same order */
};

static int to_value(struct reader *r, const cJSON *c, struct value *out);

/* Where the key that stands before the colon `nkey` of the object `nobject` begins, both counted from 0. cJSON has read
 * the text, and says no places. */
static size_t
key_offset(const char *s, size_t nobject, size_t nkey)
{
	size_t word = 0, seen = 0, begun = 0, depth = 0, own = SIZE_MAX;

	for (size_t i = 0; s[i]; i++) {
		if (s[i] == '"') {
			word = i;
			for (i++; s[i] && s[i] != '"'; i++)
				i += s[i] == '\\';
		} else if (s[i] == '{' || s[i] == '[') {
			depth++;
			if (s[i] == '{' && begun++ == nobject)
				own = depth;
		} else if (s[i] == '}' || s[i] == ']') {
			depth--;
		} else if (s[i] == ':' && depth == own && seen++ == nkey) {
			break;
		}
	}
	return word;
}

/* Where the number `n`, counted from 0, begins. */
static size_t
number_offset(const char *s, size_t n)
{
	size_t i = 0;

	for (; s[i]; i++) {
		if (s[i] == '"') {
			for (i++; s[i] && s[i] != '"'; i++)
				i += s[i] == '\\';
		} else if (strchr("-0123456789", s[i])) {
			if (!n--)
				break;
			i += strspn(s + i, "-+.eE0123456789") - 1;
		}
	}
	return i;
}

static int
not_whole(const struct reader *r, double d)
{
	err_set(r->err, CODE, "`%s` holds the number %g, which is not a whole one up to 2^53", r->shown, d);
	return err_at(r->err, place_at(r->text, number_offset(r->text, r->nnumbers), r->shown));
}

static int
found_twice(const struct reader *r, const cJSON *c, const char *key, size_t nobject)
{
	size_t i = 0, second = 0;
	int seen = 0;

	for (c = c->child; c; c = c->next, i++)
		if (!strcmp(c->string, key) && ++seen == 2)
			second = i;
	err_set(r->err, CODE, "`%s` holds the key `%s` twice in one object", r->shown, key);
	return err_at(r->err, place_at(r->text, key_offset(r->text, nobject, second), r->shown));
}

static int
to_table(struct reader *r, const cJSON *c, struct value *out)
{
	size_t n = (size_t)cJSON_GetArraySize(c), i = 0, nobject = r->nobjects;
	const cJSON *object = c;

	out->type = V_TABLE;
	if (cJSON_IsArray(c)) {
		out->table.nitems = n;
		out->table.items = arena_array(r->a, struct value, n);
		for (c = c->child; c; c = c->next)
			if (to_value(r, c, &out->table.items[i++]) < 0)
				return -1;
		return 0;
	}
	r->nobjects++;
	out->table.nfields = n;
	out->table.fields = arena_array(r->a, struct field, n);
	for (c = c->child; c; c = c->next, i++) {
		out->table.fields[i].key = arena_strdup(r->a, c->string);
		if (to_value(r, c, &out->table.fields[i].value) < 0)
			return -1;
	}
	if (n)
		qsort(out->table.fields, n, sizeof(struct field), field_order);
	for (i = 1; i < n; i++)
		if (!strcmp(out->table.fields[i - 1].key, out->table.fields[i].key))
			return found_twice(r, object, out->table.fields[i].key, nobject);
	return 0;
}

static int
to_value(struct reader *r, const cJSON *c, struct value *out)
{
	*out = (struct value){.type = V_NIL, .at = {.file = r->shown}};
	if (cJSON_IsBool(c)) {
		out->type = V_BOOL;
		out->b = cJSON_IsTrue(c);
	} else if (cJSON_IsNumber(c)) {
		if (floor(c->valuedouble) != c->valuedouble || fabs(c->valuedouble) > 9007199254740992.0)
			return not_whole(r, c->valuedouble);
		r->nnumbers++;
		out->type = V_INT;
		out->i = (int64_t)c->valuedouble;
	} else if (cJSON_IsString(c)) {
		out->type = V_STRING;
		out->str.s = arena_strdup(r->a, c->valuestring);
		out->str.len = strlen(c->valuestring);
	} else if (!cJSON_IsNull(c)) {
		return to_table(r, c, out);
	}
	return 0;
}

int
json_parse(const char *text, size_t len, size_t max, const char *shown, struct arena *a, struct value *out,
	   struct err *err)
{
	struct reader r = {.a = a, .shown = shown, .err = err};
	cleanup_free char *copy = NULL; /* ended by a NUL: cJSON may look one byte too far */
	const char *what, *end = NULL;
	size_t where = 0;
	char size[32];
	cJSON *c;
	int failed;

	if (len > max)
		return err_set(err, CODE, "`%s` is larger than %s", shown, format_size(max, size));
	what = scan(text, len, &where);
	if (what) {
		err_set(err, CODE, "`%s` holds %s", shown, what);
		return err_at(err, place_at(text, where, shown));
	}
	copy = xstrndup(len ? text : "", len);
	r.text = copy;
	c = cJSON_ParseWithLengthOpts(copy, len, &end, false);
	while (c && end < copy + len && strchr(" \t\r\n", *end))
		end++;
	if (!c || end < copy + len) {
		cJSON_Delete(c);
		err_set(err, CODE, "`%s` is not JSON", shown);
		return err_at(err, place_at(text, end ? (size_t)(end - copy) : 0, shown));
	}
	failed = to_value(&r, c, out);
	cJSON_Delete(c);
	return failed;
}
