#include "data/yaml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/err.h"
#include "base/mem.h"

#define CODE "E0901"

struct reader {
	yaml_parser_t parser;
	const char *text;
	size_t len;
	const char *shown;
	struct arena *a;
	struct err *err;
};

static int read_node(struct reader *r, yaml_event_t *ev, unsigned depth, struct value *out);

static struct place
place_of(const struct reader *r, const yaml_mark_t *m, size_t len)
{
	return (struct place){
		.file = r->shown, .line = (unsigned)m->line + 1, .col = (unsigned)m->column + 1, .len = (unsigned)len};
}

static struct place
place_event(const struct reader *r, const yaml_event_t *ev)
{
	size_t len = ev->end_mark.line == ev->start_mark.line ? ev->end_mark.column - ev->start_mark.column : 1;

	return place_of(r, &ev->start_mark, len);
}

static int
refuse(struct reader *r, const yaml_event_t *ev, const char *what, const char *help)
{
	err_set(r->err, CODE, "%s", what);
	err_at(r->err, place_event(r, ev));
	if (help)
		err_help(r->err, "%s", help);
	return -1;
}

/* Bytes that are no text have an offset and no mark. */
static struct place
place_offset(const struct reader *r, size_t offset)
{
	struct place at = {.file = r->shown, .line = 1, .col = 1, .len = 1};

	for (size_t i = 0; i < offset && i < r->len; i++) {
		at.col++;
		if (r->text[i] == '\n') {
			at.line++;
			at.col = 1;
		}
	}
	return at;
}

static int
fail_parser(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	const char *problem = p->problem ? p->problem : "not readable";

	if (p->error == YAML_READER_ERROR) {
		err_set(r->err, CODE, "`%s` is not a YAML text: %s", r->shown, problem);
		return err_at(r->err, place_offset(r, p->problem_offset));
	}
	err_set(r->err, CODE, "`%s` is not YAML: %s%s%s", r->shown, problem, p->context ? ", " : "",
		p->context ? p->context : "");
	if (p->problem_mark.index < r->len && r->text[p->problem_mark.index] == '\t')
		err_help(r->err, "YAML is indented by blanks, not by tabs");
	return err_at(r->err, place_of(r, &p->problem_mark, 1));
}

/* The next event; the caller deletes it. */
static int
next_event(struct reader *r, yaml_event_t *ev)
{
	if (!yaml_parser_parse(&r->parser, ev))
		return fail_parser(r);
	return 0;
}

static bool
any_of(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(s, *words))
			return true;
	return false;
}

/* Whole numbers of the core schema: [-+]?[0-9]+, 0o[0-7]+, 0x[0-9a-fA-F]+. 1 yes, 0 no, -1 too large. */
static int
whole_number(const char *s, int64_t *out)
{
	const char *p = s + (*s == '-' || *s == '+');
	const char *digits = "0123456789";
	int base = 10;
	long long n;

	if (!strncmp(s, "0o", 2) || !strncmp(s, "0x", 2)) {
		base = s[1] == 'o' ? 8 : 16;
		digits = base == 8 ? "01234567" : "0123456789abcdefABCDEF";
		s += 2;
		p = s;
	}
	if (!*p || p[strspn(p, digits)])
		return 0;
	errno = 0;
	n = strtoll(s, NULL, base);
	if (errno)
		return -1;
	*out = n;
	return 1;
}

static int
set_plain(struct reader *r, const yaml_event_t *ev, const char *s, struct value *out)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
	static const char *const trues[] = {"true", "True", "TRUE", NULL};
	static const char *const falses[] = {"false", "False", "FALSE", NULL};
	int number;

	if (any_of(s, nulls)) {
		out->type = V_NIL;
	} else if (any_of(s, trues) || any_of(s, falses)) {
		out->type = V_BOOL;
		out->b = any_of(s, trues);
	} else if ((number = whole_number(s, &out->i)) > 0) {
		out->type = V_INT;
	} else if (number < 0) {
		return refuse(r, ev, "the number does not fit in 64 bits", "quote it when it is a name");
	}
	return 0;
}

static int
read_scalar(struct reader *r, const yaml_event_t *ev, struct value *out)
{
	const char *s = (const char *)ev->data.scalar.value;
	size_t len = ev->data.scalar.length;

	if (memchr(s, 0, len))
		return refuse(r, ev, "a string holds a NUL byte", NULL);
	out->type = V_STRING;
	out->str.s = arena_strndup(r->a, s, len);
	out->str.len = len;
	out->at = place_event(r, ev);
	if (ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		return set_plain(r, ev, out->str.s, out);
	return 0;
}

static int
read_list(struct reader *r, unsigned depth, struct value *out)
{
	cleanup_free struct value *v = NULL;
	size_t n = 0, cap = 0;

	for (;;) {
		struct value item = {0};
		yaml_event_t ev;
		int failed;

		if (next_event(r, &ev) < 0)
			return -1;
		if (ev.type == YAML_SEQUENCE_END_EVENT) {
			yaml_event_delete(&ev);
			break;
		}
		failed = read_node(r, &ev, depth, &item);
		yaml_event_delete(&ev);
		if (failed)
			return -1;
		GROW(v, n, cap);
		v[n++] = item;
	}
	out->table.items = n ? arena_memdup(r->a, v, n * sizeof *v) : NULL;
	out->table.nitems = n;
	return 0;
}

static int
field_order(const void *x, const void *y)
{
	const struct field *a = x, *b = y;
	int c = strcmp(a->key, b->key);

	if (c)
		return c;
	if (a->value.at.line != b->value.at.line)
		return a->value.at.line < b->value.at.line ? -1 : 1;
	return (a->value.at.col > b->value.at.col) - (a->value.at.col < b->value.at.col);
}

static int
check_twice(struct reader *r, const struct field *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (strcmp(v[i - 1].key, v[i].key))
			continue;
		err_set(r->err, CODE, "the key `%s` stands here twice", v[i].key);
		err_help(r->err, "the first one is on line %u", v[i - 1].value.at.line);
		return err_at(r->err, v[i].value.at);
	}
	return 0;
}

/* The key and the value of one field; 1 at the table's end. */
static int
read_field(struct reader *r, unsigned depth, struct field *f)
{
	struct value key = {0};
	yaml_event_t ev;
	int failed;

	if (next_event(r, &ev) < 0)
		return -1;
	if (ev.type == YAML_MAPPING_END_EVENT) {
		yaml_event_delete(&ev);
		return 1;
	}
	if (ev.type != YAML_SCALAR_EVENT && ev.type != YAML_ALIAS_EVENT)
		failed = refuse(r, &ev, "a key is a word, not a list or a table", NULL);
	else if ((failed = read_node(r, &ev, depth, &key)) == 0 && ev.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
		 (key.type == V_NIL || !strcmp((char *)ev.data.scalar.value, "<<")))
		failed = refuse(r, &ev, key.type == V_NIL ? "a key is empty" : "merge keys `<<` are not taken",
				"write the fields out");
	if (!failed)
		f->key = arena_strdup(r->a, (char *)ev.data.scalar.value);
	yaml_event_delete(&ev);
	if (failed || next_event(r, &ev) < 0)
		return -1;
	failed = read_node(r, &ev, depth, &f->value);
	yaml_event_delete(&ev);
	f->value.at = key.at;
	return failed;
}

static int
read_table(struct reader *r, unsigned depth, struct value *out)
{
	cleanup_free struct field *v = NULL;
	size_t n = 0, cap = 0;

	for (;;) {
		struct field f = {0};
		int end = read_field(r, depth, &f);

		if (end < 0)
			return -1;
		if (end)
			break;
		GROW(v, n, cap);
		v[n++] = f;
	}
	if (n)
		qsort(v, n, sizeof *v, field_order);
	out->table.fields = n ? arena_memdup(r->a, v, n * sizeof *v) : NULL;
	out->table.nfields = n;
	return check_twice(r, v, n);
}

static int
check_props(struct reader *r, const yaml_event_t *ev)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (ev->type == YAML_ALIAS_EVENT)
		return refuse(r, ev, "aliases are not taken", "write the value out");
	if (ev->type == YAML_SCALAR_EVENT) {
		anchor = ev->data.scalar.anchor;
		tag = ev->data.scalar.tag;
	} else if (ev->type == YAML_SEQUENCE_START_EVENT) {
		anchor = ev->data.sequence_start.anchor;
		tag = ev->data.sequence_start.tag;
	} else if (ev->type == YAML_MAPPING_START_EVENT) {
		anchor = ev->data.mapping_start.anchor;
		tag = ev->data.mapping_start.tag;
	}
	if (anchor)
		return refuse(r, ev, "anchors are not taken", "write the value out where it is used");
	if (tag)
		return refuse(r, ev, "tags are not taken", "quote the value when it is a string");
	return 0;
}

static int
read_node(struct reader *r, yaml_event_t *ev, unsigned depth, struct value *out)
{
	if (check_props(r, ev) < 0)
		return -1;
	if (ev->type == YAML_SCALAR_EVENT)
		return read_scalar(r, ev, out);
	if (depth >= YAML_DEPTH)
		return refuse(r, ev, "lists and tables are nested deeper than 64 levels", NULL);
	out->type = V_TABLE;
	out->at = place_of(r, &ev->start_mark, 1);
	if (ev->type == YAML_SEQUENCE_START_EVENT)
		return read_list(r, depth + 1, out);
	return read_table(r, depth + 1, out);
}

static int
check_document(struct reader *r, const yaml_event_t *ev)
{
	const yaml_tag_directive_t *tags = ev->data.document_start.tag_directives.start;

	if (tags != ev->data.document_start.tag_directives.end)
		return refuse(r, ev, "tags are not taken", NULL);
	return 0;
}

/* Reads from the first document's start to the stream's end. */
static int
read_stream(struct reader *r, struct value *out)
{
	unsigned documents = 0;
	bool done = false;
	int failed = 0;

	while (!done && !failed) {
		yaml_event_t ev;

		if (next_event(r, &ev) < 0)
			return -1;
		if (ev.type == YAML_STREAM_END_EVENT)
			done = true;
		else if (ev.type == YAML_DOCUMENT_START_EVENT && documents++)
			failed = refuse(r, &ev, "a second document starts here", "one file is one document");
		else if (ev.type == YAML_DOCUMENT_START_EVENT)
			failed = check_document(r, &ev);
		else if (ev.type != YAML_STREAM_START_EVENT && ev.type != YAML_DOCUMENT_END_EVENT)
			failed = read_node(r, &ev, 0, out);
		yaml_event_delete(&ev);
	}
	return failed;
}

int
yaml_parse(const char *text, size_t len, const char *shown, struct arena *a, struct value *out, struct err *err)
{
	const struct value empty = {.type = V_TABLE, .at = {.file = shown, .line = 1, .col = 1}};
	struct reader r = {.text = text, .len = len, .shown = shown, .a = a, .err = err};
	int failed;

	*out = empty;
	if (len > YAML_MAX) {
		err_set(err, CODE, "`%s` is larger than 1 MiB", shown);
		return err_at(err, out->at);
	}
	if (!yaml_parser_initialize(&r.parser))
		abort();
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)(text ? text : ""), len);
	failed = read_stream(&r, out);
	yaml_parser_delete(&r.parser);
	if (!failed && out->type == V_NIL)
		*out = empty;
	return failed;
}
