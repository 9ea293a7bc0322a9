#include "run/wire.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#define WIRE_MAX (16u << 20)

struct head {
	uint32_t kind, len;
};

static void
write_fully(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return;
		p += w;
		n -= (size_t)w;
	}
}

void
wire_frame(struct str *b, enum wire_kind kind, const void *p, size_t n)
{
	struct head h = {kind, (uint32_t)n};

	if (n > WIRE_MAX)
		return;
	str_addn(b, &h, sizeof h);
	str_addn(b, p, n);
}

void
wire_send_frames(int fd, const struct str *b)
{
	if (fd >= 0 && b->len)
		write_fully(fd, b->s, b->len);
}

void
wire_send(int fd, enum wire_kind kind, const void *p, size_t n)
{
	struct str b = {0};

	wire_frame(&b, kind, p, n);
	wire_send_frames(fd, &b);
	str_free(&b);
}

size_t
wire_next(const struct str *in, size_t at, enum wire_kind *kind, const char **p, size_t *n)
{
	struct head h;

	if (in->len - at < sizeof h)
		return 0;
	memcpy(&h, in->s + at, sizeof h);
	if (h.len > WIRE_MAX) {
		*kind = 0;
		*p = in->s + at;
		*n = 0;
		return in->len - at;
	}
	if (in->len - at - sizeof h < h.len)
		return 0;
	*kind = h.kind;
	*p = in->s + at + sizeof h;
	*n = h.len;
	return sizeof h + h.len;
}

static void
put_u32(struct str *b, uint32_t v)
{
	str_addn(b, &v, sizeof v);
}

static void
put_text(struct str *b, const char *s)
{
	put_u32(b, s ? (uint32_t)strlen(s) : UINT32_MAX);
	if (s)
		str_addn(b, s, strlen(s) + 1);
}

void
wire_pack_err(const struct err *err, struct str *b)
{
	for (const struct diag *d = err->head; d; d = d->next) {
		put_text(b, d->code);
		put_text(b, d->msg);
		put_text(b, d->at.file);
		put_text(b, d->at.key);
		put_u32(b, d->at.line);
		put_u32(b, d->at.col);
		put_u32(b, d->at.len);
		put_text(b, d->label);
		put_u32(b, d->nhelp);
		for (unsigned i = 0; i < d->nhelp; i++)
			put_text(b, d->help[i]);
	}
}

void
wire_send_err(int fd, const struct err *err)
{
	struct str b = {0};

	wire_pack_err(err, &b);
	wire_send(fd, WIRE_ERR, str_text(&b), b.len);
	str_free(&b);
}

struct cursor {
	const char *p, *end;
	bool bad;
};

static uint32_t
get_u32(struct cursor *c)
{
	uint32_t v = 0;

	if ((size_t)(c->end - c->p) < sizeof v) {
		c->bad = true;
		return 0;
	}
	memcpy(&v, c->p, sizeof v);
	c->p += sizeof v;
	return v;
}

static const char *
get_text(struct cursor *c)
{
	uint32_t n = get_u32(c);
	const char *s = c->p;

	if (c->bad || n == UINT32_MAX)
		return NULL;
	if ((size_t)(c->end - c->p) <= n || s[n]) {
		c->bad = true;
		return NULL;
	}
	c->p += n + 1;
	return s;
}

static void
get_diag(struct cursor *c, struct err *err)
{
	const char *code = get_text(c), *msg = get_text(c), *label;
	struct place at = {0};
	uint32_t nhelp;

	at.file = get_text(c);
	at.key = get_text(c);
	at.line = get_u32(c);
	at.col = get_u32(c);
	at.len = get_u32(c);
	label = get_text(c);
	nhelp = get_u32(c);
	if (c->bad || !msg || nhelp > DIAG_HELPS) {
		c->bad = true;
		return;
	}
	err_set(err, code, "%s", msg);
	if (at.file)
		err_at(err, at);
	else if (at.key) /* of a step from elsewhere: where it is written is known there */
		err_field(err, at.key);
	if (label)
		err_label(err, "%s", label);
	for (uint32_t i = 0; i < nhelp; i++) {
		const char *help = get_text(c);

		if (help)
			err_help(err, "%s", help);
	}
}

int
wire_parse_err(const char *p, size_t n, struct err *err)
{
	struct cursor c = {p, p + n, false};

	while (!c.bad && c.p < c.end)
		get_diag(&c, err);
	return c.bad ? -1 : 0;
}

/* Text up to a NUL; what is left follows. NULL when there is no end. */
static const char *
take_text(const char **p, size_t *n)
{
	const char *s = *p, *end = *n ? memchr(s, 0, *n) : NULL;

	if (!end)
		return NULL;
	*n -= (size_t)(end - s) + 1;
	*p = end + 1;
	return s;
}

static int
copy(const char *p, size_t n, void *to, size_t size)
{
	if (n != size)
		return -1;
	memcpy(to, p, n);
	return 0;
}

int
wire_read(enum wire_kind kind, const char *p, size_t n, struct wire_said *out)
{
	uint64_t v[2];

	memset(out, 0, sizeof *out);
	switch (kind) {
	case WIRE_NOTE:
	case WIRE_OUTPUT: return (out->text = take_text(&p, &n)) ? 0 : -1;
	case WIRE_RECORD: out->text = take_text(&p, &n); return out->text && (out->value = take_text(&p, &n)) ? 0 : -1;
	case WIRE_PROGRESS:
		if (copy(p, n, v, sizeof v))
			return -1;
		out->done = v[0];
		out->total = v[1];
		return 0;
	case WIRE_RESULT: return copy(p, n, &out->result, sizeof out->result);
	case WIRE_SHELL: return copy(p, n, &out->status, sizeof out->status);
	case WIRE_ERR: return 0; /* wire_parse_err */
	}
	return -1;
}
