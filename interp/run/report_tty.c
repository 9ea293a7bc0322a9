/* Reporter for a terminal: finished lines scroll, a footer shows the running steps. */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "run/report.h"

struct tty {
	struct reporter base;
	struct tracks tracks;
	int fd, verbose, colour;
	unsigned footer; /* lines that the footer takes now */
	double drawn;
	bool dirty;
};

static void
colour(const struct tty *t, struct str *b, const char *code)
{
	if (t->colour)
		str_addf(b, "\033[%sm", code);
}

static void
size_of(const struct tty *t, size_t *rows, size_t *columns)
{
	struct winsize w;

	*rows = 24;
	*columns = 80;
	if (!ioctl(t->fd, TIOCGWINSZ, &w) && w.ws_row && w.ws_col) {
		*rows = w.ws_row;
		*columns = w.ws_col;
	}
}

/* Takes the footer away; what follows is written where it began. */
static void
erase(struct tty *t, struct str *b)
{
	if (t->footer)
		str_addf(b, "\033[%uA\r\033[J", t->footer);
	t->footer = 0;
}

static void
running_line(const struct tty *t, struct str *b, const struct track *tr, double now, size_t columns)
{
	struct str line = {0};
	char time[32];
	double last = tr->step->last_seconds;

	str_addf(&line, "%-28s %7s", tr->step->step->name, format_duration(now - tr->begun, time));
	if (tr->total)
		str_addf(&line, " %3u %%", (unsigned)(100.0 * (double)tr->done / (double)tr->total));
	else if (last > now - tr->begun)
		str_addf(&line, " ~%s left", format_duration(last - (now - tr->begun), time));
	str_addf(&line, "  %s", track_line(tr));
	colour(t, b, "36");
	str_add(b, "▶ ");
	colour(t, b, "0");
	report_text(b, line.s, columns > 4 ? columns - 3 : 1);
	str_addc(b, '\n');
	str_free(&line);
}

static void
draw(struct tty *t, struct str *b)
{
	size_t rows, columns, shown = 0, hidden = 0;
	double now = report_now();
	struct str line = {0};
	char time[32];

	size_of(t, &rows, &columns);
	for (const struct track *tr = t->tracks.head; tr; tr = tr->next)
		if (shown < rows / 3) {
			running_line(t, b, tr, now, columns);
			shown++;
		} else {
			hidden++;
		}
	str_add(&line, "  ");
	report_counts(&line, &t->tracks);
	if (hidden)
		str_addf(&line, " · %zu more running", hidden);
	str_addf(&line, " · %s", format_duration(now - t->tracks.start, time));
	report_text(b, line.s, columns > 1 ? columns - 1 : 1);
	str_addc(b, '\n');
	str_free(&line);
	t->footer = (unsigned)shown + 1;
	t->drawn = now;
	t->dirty = false;
}

/* A line that stays, above the footer. */
static void
say(struct tty *t, const char *code, const char *mark, const struct event *e, const char *text)
{
	size_t rows, columns, used = 2 + 28 + 1 + 9;
	struct str b = {0};
	char time[32];

	size_of(t, &rows, &columns);
	if (strlen(e->step->step->name) > 28)
		used += strlen(e->step->step->name) - 28;
	erase(t, &b);
	colour(t, &b, code);
	str_add(&b, mark);
	colour(t, &b, "0");
	str_addf(&b, " %-28s ", e->step->step->name);
	if (e->kind == EV_STEP_END || e->kind == EV_STEP_FAILED)
		str_addf(&b, "%7s  ", format_duration(e->seconds, time));
	if (text)
		/* of a failure the whole message stands at the end */
		report_text(&b, text, e->kind != EV_STEP_FAILED ? 0 : columns > used + 1 ? columns - used - 1 : 1);
	str_addc(&b, '\n');
	draw(t, &b);
	report_write(t->fd, &b);
	str_free(&b);
}

static void
line(struct tty *t, const char *text)
{
	struct str b = {0};

	erase(t, &b);
	str_add(&b, "  ");
	report_text(&b, text, 0);
	str_addc(&b, '\n');
	draw(t, &b);
	report_write(t->fd, &b);
	str_free(&b);
}

static void
end(struct tty *t)
{
	struct str b = {0}, counts = {0};

	erase(t, &b);
	report_counts(&counts, &t->tracks);
	str_addf(&b, "  %s\n", counts.s);
	report_write(t->fd, &b);
	str_free(&counts);
	str_free(&b);
}

static void
event(struct reporter *r, const struct event *e)
{
	struct tty *t = (struct tty *)r;
	struct track *tr = tracks_event(&t->tracks, e);

	t->dirty = true;
	if (e->kind == EV_STEP_END || e->kind == EV_STEP_FAILED || e->kind == EV_STEP_STOPPED)
		track_drop(&t->tracks, tr);
	switch (e->kind) {
	case EV_STEP_CACHED:
		if (t->verbose)
			say(t, "2", "=", e, e->step->result.away ? "cached away" : "cached");
		break;
	case EV_STEP_SKIPPED: say(t, "33", "-", e, e->text); break;
	case EV_STEP_NOTE: say(t, "33", "·", e, e->text); break;
	case EV_STEP_OUTPUT:
		if (t->verbose)
			say(t, "2", "|", e, e->text);
		break;
	case EV_STEP_END: say(t, "32", "✔", e, NULL); break;
	case EV_STEP_FAILED: say(t, "31", "✘", e, e->err && e->err->head ? e->err->head->msg : ""); break;
	case EV_STEP_STOPPED:
		if (tr)
			say(t, "33", "■", e, e->text);
		break;
	case EV_RUN_NOTE: line(t, e->text); break;
	case EV_RUN_END: end(t); break;
	default: break;
	}
}

static void
tick(struct reporter *r, double now)
{
	struct tty *t = (struct tty *)r;
	struct str b = {0};

	if (now - t->drawn < (t->dirty ? 0.1 : 1.0))
		return;
	erase(t, &b);
	draw(t, &b);
	report_write(t->fd, &b);
	str_free(&b);
}

static void
tty_free(struct reporter *r)
{
	tracks_free(&((struct tty *)r)->tracks);
	free(r);
}

struct reporter *
reporter_tty(int fd, int verbose, int with_colour)
{
	struct tty *t = xcalloc(1, sizeof *t);

	t->base = (struct reporter){event, tick, tty_free};
	t->fd = fd;
	t->verbose = verbose;
	t->colour = with_colour;
	t->tracks.start = report_now();
	return &t->base;
}
