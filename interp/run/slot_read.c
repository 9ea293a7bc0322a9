/* slot_read: what the process of a running step reports, frame by frame. */
#include <string.h>
#include <unistd.h>

#include "run/run_impl.h"
#include "run/wire.h"

#define READS 16 /* at one turn: a step that never pauses must not keep the others waiting */

static void
fact(struct slot *s, const char *key, const char *value)
{
	if (!notes_fact(&s->notes, key, value))
		return;
	s->damaged = true;
	err_set(&s->err, "E0306", "step `%s` tells more than a record can hold", job_name(&s->job));
}

static void
frame(struct runner *r, struct slot *s, enum wire_kind kind, const char *p, size_t n)
{
	struct wire_said said;
	struct event e = {.plan = r->plan, .step = s->job.ps, .seconds = now_seconds() - s->begun};
	const char *text;

	if (s->damaged)
		return;
	if (wire_read(kind, p, n, &said) || (kind == WIRE_ERR && (err_any(&s->err) || wire_parse_err(p, n, &s->err)))) {
		s->damaged = true;
		err_set(&s->err, "E0306", "the report of step `%s` is damaged", job_name(&s->job));
		return;
	}
	switch (kind) {
	case WIRE_NOTE:
		text = notes_line(&s->notes, said.text);
		if (text)
			run_event(r, EV_STEP_NOTE, s->step, text, e.seconds, NULL);
		break;
	case WIRE_OUTPUT: run_event(r, EV_STEP_OUTPUT, s->step, said.text, e.seconds, NULL); break;
	case WIRE_RECORD: fact(s, said.text, said.value); break;
	case WIRE_PROGRESS:
		e.kind = EV_STEP_PROGRESS;
		e.done = said.done;
		e.total = said.total;
		r->opt.reporter->event(r->opt.reporter, &e);
		break;
	case WIRE_RESULT:
		s->result.tree = said.result.tree;
		s->result.epoch = said.result.epoch;
		s->has_result = true;
		break;
	case WIRE_SHELL: /* only said aside */
	case WIRE_ERR: break;
	}
}

bool
slot_read(struct runner *r, struct slot *s)
{
	char buf[65536];
	size_t at = 0, size, n;
	enum wire_kind kind;
	const char *p;
	ssize_t got = 0;

	for (int i = 0; i < READS && (got = read(s->pipe, buf, sizeof buf)) > 0; i++)
		str_addn(&s->in, buf, (size_t)got);
	if (!got) {
		close(s->pipe);
		s->pipe = -1;
	}
	while (s->in.len > at && (size = wire_next(&s->in, at, &kind, &p, &n)) > 0) {
		frame(r, s, kind, p, n);
		at += size;
	}
	if (at) {
		memmove(s->in.s, s->in.s + at, s->in.len - at + 1);
		s->in.len -= at;
	}
	return got > 0;
}
