/* Reporter for logs and CI: a line where something happens, and a sign of life every 30 s. */
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "run/report.h"

#define HEARTBEAT 30

struct plain {
	struct reporter base;
	struct tracks tracks;
	int fd, verbose;
	double said; /* when a line was last written */
};

static void
line_begin(struct plain *p, struct str *b)
{
	char t[32];

	p->said = report_now();
	str_addf(b, "[%7s] ", format_duration(p->said - p->tracks.start, t));
}

static void
say(struct plain *p, const struct plan_step *step, const char *what, const char *text)
{
	struct str b = {0};

	line_begin(p, &b);
	if (step)
		str_addf(&b, "%s: ", step->step->name);
	str_add(&b, what);
	if (text && *text)
		report_text(&b, text, 0);
	str_addc(&b, '\n');
	report_write(p->fd, &b);
	str_free(&b);
}

static void
tail(struct plain *p, const struct track *tr)
{
	struct str b = {0};
	size_t first = tr->nlines > TAIL ? tr->nlines - TAIL : 0;

	for (size_t i = first; i < tr->nlines; i++) {
		str_add(&b, "    | ");
		report_text(&b, str_text(&tr->tail[i % TAIL]), 0);
		str_addc(&b, '\n');
	}
	report_write(p->fd, &b);
	str_free(&b);
}

static void
say_end(struct plain *p)
{
	struct str b = {0};

	str_add(&b, "run ended: ");
	report_counts(&b, &p->tracks);
	say(p, NULL, b.s, NULL);
	str_free(&b);
}

static void
failed(struct plain *p, const struct event *e, struct track *tr)
{
	say(p, e->step, "FAILED: ", e->err && e->err->head ? e->err->head->msg : "");
	if (tr)
		tail(p, tr);
}

static void
event(struct reporter *r, const struct event *e)
{
	struct plain *p = (struct plain *)r;
	struct track *tr = tracks_event(&p->tracks, e);
	char t[32];

	switch (e->kind) {
	case EV_RUN_BEGIN:
	case EV_STEP_PROGRESS: break;
	case EV_STEP_CACHED:
		if (p->verbose)
			say(p, e->step, e->step->result.away ? "cached away" : "cached", NULL);
		break;
	case EV_STEP_SKIPPED: say(p, e->step, "skipped: ", e->text); break;
	case EV_STEP_BEGIN: say(p, e->step, "begins: ", e->text); break;
	case EV_STEP_NOTE: say(p, e->step, "", e->text); break;
	case EV_STEP_OUTPUT:
		if (p->verbose > 1)
			say(p, e->step, "| ", e->text);
		break;
	case EV_STEP_END: say(p, e->step, "done in ", format_duration(e->seconds, t)); break;
	case EV_STEP_FAILED: failed(p, e, tr); break;
	case EV_STEP_STOPPED: say(p, e->step, "not done: ", e->text); break;
	case EV_RUN_NOTE: say(p, NULL, "", e->text); break;
	case EV_RUN_END: say_end(p); break;
	}
	if (e->kind == EV_STEP_END || e->kind == EV_STEP_FAILED || e->kind == EV_STEP_STOPPED)
		track_drop(&p->tracks, tr);
}

static void
tick(struct reporter *r, double now)
{
	struct plain *p = (struct plain *)r;
	struct str b = {0};
	char t[32];

	if (now - p->said < HEARTBEAT || !p->tracks.head)
		return;
	for (const struct track *tr = p->tracks.head; tr; tr = tr->next)
		str_addf(&b, "%s%s for %s", tr == p->tracks.head ? "still running: " : ", ", tr->step->step->name,
			 format_duration(now - tr->begun, t));
	say(p, NULL, b.s, NULL);
	str_free(&b);
}

static void
plain_free(struct reporter *r)
{
	tracks_free(&((struct plain *)r)->tracks);
	free(r);
}

struct reporter *
reporter_plain(int fd, int verbose)
{
	struct plain *p = xcalloc(1, sizeof *p);

	p->base = (struct reporter){event, tick, plain_free};
	p->fd = fd;
	p->verbose = verbose;
	p->said = p->tracks.start = report_now();
	return &p->base;
}
