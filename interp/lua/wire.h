/* wire: what passes between load and its child: flat, bounded values and the files they come from.
 *
 * A value is a tag and its data; numbers are in host order, strings have a u32 length in front.
 *   T F           booleans                    i i64    a number          k c     y, m or n
 *   s str         a string                    f u32 str  a file: unit, path as written
 *   r u32 str     a result: step, path        x u32 str  the text of a file in a result
 *   t u32 {u32 value} u32 {str value}         items with the index that was written, fields by name
 *   O u32 u32 str value                       the value stands at: unit, line, key
 * Keys of places grow on the way down; the key WIRE_NONE says that nothing below has one. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "data/value.h"

struct arena;
struct err;

enum { WIRE_DEPTH = 32, WIRE_MAX = 64 << 20, WIRE_TEXT_MAX = 1 << 20, WIRE_UNITS = 1024 };
enum { WIRE_STEPS = 200000, WIRE_OPTIONS = 4096, WIRE_ERRORS = 200 };
#define WIRE_NONE UINT32_MAX

enum unit_kind { UNIT_RECIPE, UNIT_PLUGIN, UNIT_STDLIB, UNIT_DATA };

/* One text that load read. Both sides hold the same list; only the parent's is trusted. */
struct unit {
	enum unit_kind kind;
	const char *root;   /* absolute folder of its project */
	const char *dir;    /* its folder below the root, "" is the root */
	const char *shown;  /* how messages name it */
	const char *prefix; /* what stands before a path below the root in messages */
	const char *cut;    /* jkr runs in this folder below the root: "recipes/" or ""; messages leave it out */
	const char *text;
	size_t len;
};

struct units {
	struct unit *v;
	size_t n;
};

/* What a child asks of its parent, and what it hands up at the end. */
enum request_kind {
	ASK_MODULE = 'M', /* the file of a constructor in stdlib */
	ASK_USE = 'U',    /* another recipe */
	ASK_PLUGIN = 'P',
	ASK_PLUGIN_DIR = 'D', /* a plugin given by --plugin: its number */
	ASK_TOOLCHAIN = 'T',
	ASK_PINS = 'I', /* a file of pins, beside the file that asks */
	SAY_RESULT = 'R',
};

struct wire_head {
	uint32_t kind;
	uint32_t unit; /* the file that asks */
	uint32_t len;  /* bytes that follow */
};

/* Answers begin with one of these. */
enum answer_kind { ANSWER_UNIT = 1, ANSWER_KNOWN, ANSWER_VALUE, ANSWER_ABSENT, ANSWER_ERROR };

void wire_u8(struct str *b, unsigned char v);
void wire_u32(struct str *b, uint32_t v);
void wire_i64(struct str *b, int64_t v);
void wire_str(struct str *b, const char *s); /* NULL is kept apart from "" */
void wire_strn(struct str *b, const char *s, size_t n);
/* A value as bytes; places are written where they are known in `units` by their shown name. */
void wire_value(struct str *b, const struct value *v, const struct units *units);
void wire_place(struct str *b, const struct place *at, const struct units *units);
void wire_errors(struct str *b, const struct err *err, const struct units *units);

/* A strict reader: after the first fault `bad` stays set and everything reads as zero. */
struct reader {
	const unsigned char *p, *end;
	bool bad;
	struct arena *a;
	const struct units *units;
	const uint32_t *steps; /* from the child's numbers to those of the recipe; NULL: as they are */
	size_t nsteps;
};

unsigned char read_u8(struct reader *r);
uint32_t read_u32(struct reader *r);
int64_t read_i64(struct reader *r);
/* NULL for an absent one; refuses NUL inside. Lives in the arena. */
const char *read_str(struct reader *r, size_t *len);
/* Reads a value whose place is `at`. */
void read_value(struct reader *r, struct place at, struct value *out);
struct place read_place(struct reader *r);
void read_errors(struct reader *r, struct err *err);
/* How messages name a path below the root of a unit's project. */
const char *unit_shown(struct arena *a, const struct unit *u, const char *rel);
/* A path as written in a unit, as a file of its project; -1 when it leaves it. */
int unit_file(struct arena *a, const struct unit *u, const char *path, struct file_ref *out);
