#include "lua/wire.h"

#include <string.h>

#include "base/err.h"

void
wire_u8(struct str *b, unsigned char v)
{
	str_addn(b, &v, 1);
}

void
wire_u32(struct str *b, uint32_t v)
{
	str_addn(b, &v, sizeof v);
}

void
wire_i64(struct str *b, int64_t v)
{
	str_addn(b, &v, sizeof v);
}

void
wire_strn(struct str *b, const char *s, size_t n)
{
	wire_u32(b, (uint32_t)n);
	str_addn(b, s, n);
}

void
wire_str(struct str *b, const char *s)
{
	if (s)
		wire_strn(b, s, strlen(s));
	else
		wire_u32(b, WIRE_NONE);
}

static uint32_t
unit_of(const struct units *units, const char *shown)
{
	for (size_t i = 0; shown && i < units->n; i++)
		if (!strcmp(units->v[i].shown, shown))
			return (uint32_t)i;
	return WIRE_NONE;
}

void
wire_place(struct str *b, const struct place *at, const struct units *units)
{
	wire_u32(b, unit_of(units, at->file));
	wire_u32(b, at->line);
	wire_u32(b, at->col);
	wire_u32(b, at->len);
	wire_str(b, at->key);
}

void
wire_errors(struct str *b, const struct err *err, const struct units *units)
{
	size_t n = err_count(err);

	wire_u32(b, (uint32_t)(n < WIRE_ERRORS ? n : WIRE_ERRORS));
	n = 0;
	for (const struct diag *d = err->head; d && n < WIRE_ERRORS; d = d->next, n++) {
		wire_str(b, d->code);
		wire_str(b, d->msg);
		wire_place(b, &d->at, units);
		wire_str(b, d->label);
		wire_u32(b, d->nhelp);
		for (unsigned i = 0; i < d->nhelp; i++)
			wire_str(b, d->help[i]);
	}
}

static void
wire_table(struct str *b, const struct value *v, const struct units *units)
{
	wire_u8(b, 't');
	wire_u32(b, (uint32_t)v->table.nitems);
	for (size_t i = 0; i < v->table.nitems; i++) {
		wire_u32(b, (uint32_t)i + 1);
		wire_value(b, &v->table.items[i], units);
	}
	wire_u32(b, (uint32_t)v->table.nfields);
	for (size_t i = 0; i < v->table.nfields; i++) {
		wire_str(b, v->table.fields[i].key);
		wire_value(b, &v->table.fields[i].value, units);
	}
}

/* Only data without results passes here: what the parent read from YAML. */
void
wire_value(struct str *b, const struct value *v, const struct units *units)
{
	uint32_t unit = unit_of(units, v->at.file);

	if (unit != WIRE_NONE) {
		wire_u8(b, 'O');
		wire_u32(b, unit);
		wire_u32(b, v->at.line);
		wire_u32(b, WIRE_NONE);
	}
	switch (v->type) {
	case V_BOOL: wire_u8(b, v->b ? 'T' : 'F'); break;
	case V_INT:
		wire_u8(b, 'i');
		wire_i64(b, v->i);
		break;
	case V_TRI:
		wire_u8(b, 'k');
		wire_u8(b, (unsigned char)v->tri);
		break;
	case V_STRING:
		wire_u8(b, 's');
		wire_strn(b, v->str.s, v->str.len);
		break;
	case V_TABLE: wire_table(b, v, units); break;
	default: wire_u8(b, 'n');
	}
}
