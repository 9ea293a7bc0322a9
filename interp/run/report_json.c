/* Reporter for programs: one JSON object a line; and the reporter that says nothing. */
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "run/report.h"

struct json {
	struct reporter base;
	struct tracks tracks;
	int fd;
};

static const char *const names[] = {
	[EV_RUN_BEGIN] = "run-begin",    [EV_STEP_CACHED] = "cached", [EV_STEP_SKIPPED] = "skipped",
	[EV_STEP_BEGIN] = "begin",       [EV_STEP_NOTE] = "note",     [EV_STEP_OUTPUT] = "output",
	[EV_STEP_PROGRESS] = "progress", [EV_STEP_END] = "end",       [EV_STEP_FAILED] = "failed",
	[EV_STEP_STOPPED] = "stopped",   [EV_RUN_NOTE] = "run-note",  [EV_RUN_END] = "run-end",
};

/* A program's output may hold any bytes: what is no UTF-8 becomes U+FFFD. */
static void
text(struct str *b, const char *key, const char *value)
{
	size_t n;

	if (!value)
		return;
	str_addf(b, ",\"%s\":\"", key);
	for (const char *s = value; *s; s += n ? n : 1) {
		n = str_utf8(s, strnlen(s, 4));
		if (!n)
			str_add(b, "\\ufffd");
		else if (*s == '"' || *s == '\\')
			str_addf(b, "\\%c", *s);
		else if ((unsigned char)*s < 0x20 || *s == 0x7f)
			str_addf(b, "\\u%04x", (unsigned)*s);
		else
			str_addn(b, s, n);
	}
	str_addc(b, '"');
}

static void
mistakes(struct str *b, const struct err *err)
{
	str_add(b, ",\"errors\":[");
	for (const struct diag *d = err->head; d; d = d->next) {
		str_addf(b, "%s{\"line\":%u", d == err->head ? "" : ",", d->at.line);
		text(b, "file", d->at.file);
		text(b, "code", d->code);
		text(b, "message", d->msg);
		text(b, "label", d->label);
		str_addc(b, '}');
	}
	str_addc(b, ']');
}

static void
event(struct reporter *r, const struct event *e)
{
	struct json *j = (struct json *)r;
	const struct tracks *t = &j->tracks;
	struct str b = {0};
	char hex[HASH_HEX];

	tracks_event(&j->tracks, e);
	str_addf(&b, "{\"event\":\"%s\"", names[e->kind]);
	if (e->step)
		text(&b, "step", e->step->step->name);
	text(&b, "text", e->text);
	if (e->kind == EV_STEP_END || e->kind == EV_STEP_CACHED) {
		text(&b, "key", hash_hex(&e->step->key, hex));
		text(&b, "tree", hash_hex(&e->step->result.tree, hex));
	}
	if (e->kind == EV_STEP_CACHED && e->step->result.away)
		str_add(&b, ",\"away\":true");
	if (e->kind == EV_STEP_PROGRESS)
		str_addf(&b, ",\"done\":%llu,\"total\":%llu", (unsigned long long)e->done,
			 (unsigned long long)e->total);
	if (e->kind == EV_RUN_BEGIN || e->kind == EV_RUN_END)
		str_addf(
			&b,
			",\"steps\":%zu,\"finished\":%zu,\"cached\":%zu,\"failed\":%zu,\"skipped\":%zu,\"stopped\":%zu",
			t->all, t->finished, t->cached, t->failed, t->skipped, t->stopped);
	if (e->seconds > 0)
		str_addf(&b, ",\"seconds\":%.3f", e->seconds);
	if (e->kind == EV_STEP_FAILED && e->err)
		mistakes(&b, e->err);
	str_add(&b, "}\n");
	report_write(j->fd, &b);
	str_free(&b);
}

static void
json_free(struct reporter *r)
{
	tracks_free(&((struct json *)r)->tracks);
	free(r);
}

struct reporter *
reporter_json(int fd)
{
	struct json *j = xcalloc(1, sizeof *j);

	j->base = (struct reporter){event, NULL, json_free};
	j->fd = fd;
	return &j->base;
}

static void
nothing(struct reporter *r, const struct event *e)
{
	(void)r;
	(void)e;
}

static void
quiet_free(struct reporter *r)
{
	free(r);
}

struct reporter *
reporter_quiet(void)
{
	struct reporter *r = xcalloc(1, sizeof *r);

	*r = (struct reporter){nothing, NULL, quiet_free};
	return r;
}
