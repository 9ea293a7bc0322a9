#include "run/report.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "os/fs.h"

double
report_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void
report_write(int fd, const struct str *b)
{
	if (b->len)
		fs_write(fd, b->s, b->len);
}

void
report_text(struct str *b, const char *s, size_t max)
{
	size_t columns = 0;

	for (; *s && (!max || columns < max); columns++) {
		size_t n = str_printable(s, strnlen(s, 4));

		if (n)
			str_addn(b, s, n);
		else
			str_addc(b, *s == '\t' ? ' ' : '?');
		s += n ? n : 1;
	}
}

static struct track *
find(struct tracks *t, const struct plan_step *step)
{
	struct track *tr = t->head;

	while (tr && tr->step != step)
		tr = tr->next;
	return tr;
}

static struct track *
track_new(struct tracks *t, const struct plan_step *step)
{
	struct track **end = &t->head, *tr = xcalloc(1, sizeof *tr);

	while (*end)
		end = &(*end)->next;
	tr->step = step;
	tr->begun = report_now();
	*end = tr;
	return tr;
}

static void
keep_line(struct track *tr, const char *text)
{
	struct str *line = &tr->tail[tr->nlines++ % TAIL];

	str_reset(line);
	str_add(line, text);
}

/* The count that an event raises, or NULL. */
static size_t *
counter(struct tracks *t, enum event_kind kind)
{
	switch (kind) {
	case EV_STEP_CACHED: return &t->cached;
	case EV_STEP_SKIPPED: return &t->skipped;
	case EV_STEP_END: return &t->finished;
	case EV_STEP_FAILED: return &t->failed;
	case EV_STEP_STOPPED: return &t->stopped;
	default: return NULL;
	}
}

struct track *
tracks_event(struct tracks *t, const struct event *e)
{
	struct track *tr = e->step ? find(t, e->step) : NULL;
	size_t *count = counter(t, e->kind);

	if (count)
		++*count;
	if (e->kind == EV_RUN_BEGIN) {
		t->start = report_now();
		t->all = e->plan->n;
	} else if (e->kind == EV_STEP_BEGIN) {
		return track_new(t, e->step);
	} else if (tr && e->kind == EV_STEP_OUTPUT) {
		keep_line(tr, e->text);
	} else if (tr && e->kind == EV_STEP_PROGRESS) {
		tr->done = e->done;
		tr->total = e->total;
	}
	return tr;
}

void
track_drop(struct tracks *t, struct track *tr)
{
	for (struct track **p = &t->head; tr && *p; p = &(*p)->next)
		if (*p == tr) {
			*p = tr->next;
			for (size_t i = 0; i < TAIL; i++)
				str_free(&tr->tail[i]);
			free(tr);
			return;
		}
}

void
tracks_free(struct tracks *t)
{
	while (t->head)
		track_drop(t, t->head);
}

const char *
track_line(const struct track *tr)
{
	return tr->nlines ? str_text(&tr->tail[(tr->nlines - 1) % TAIL]) : "";
}

void
report_counts(struct str *b, const struct tracks *t)
{
	const struct {
		size_t n;
		const char *word;
	} v[] = {
		{t->finished, "done"},    {t->cached, "cached"},   {t->failed, "failed"},
		{t->stopped, "not done"}, {t->skipped, "skipped"},
	};
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		if (v[i].n) {
			str_addf(b, "%s%zu %s", any ? ", " : "", v[i].n, v[i].word);
			any = true;
		}
	str_addf(b, "%s of %zu step%s", any ? "" : "none", t->all, t->all == 1 ? "" : "s");
}
