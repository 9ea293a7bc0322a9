/* log: what the programs of a step said */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/show.h"
#include "cli/steplog.h"
#include "cli/support.h"
#include "data/patch_table.h"
#include "os/fs.h"
#include "run/logs.h"

static int
copy_out(int fd)
{
	enum { CHUNK = 1 << 16 };
	cleanup_free char *buf = xmalloc(CHUNK);
	ssize_t n;

	while ((n = read(fd, buf, CHUNK)) > 0)
		if (fwrite(buf, 1, (size_t)n, stdout) != (size_t)n)
			return 0; /* main tells that the output failed */
	return n < 0 ? -1 : 0;
}

static void
say(const char *text)
{
	print_safe(stdout, text);
	putchar('\n');
}

/* What a failed step's message shows, without the message. */
static void
print_first(int fd)
{
	struct err found = {0};

	err_set(&found, NULL, "first errors");
	log_explain(fd, &found);
	if (found.head->label)
		say(found.head->label);
	for (unsigned i = 0; i < found.head->nhelp; i++)
		say(found.head->help[i]);
	err_free(&found);
}

static bool
told(const struct note *n, const char *what, const char *name)
{
	size_t len = strlen(what);

	return n->key && !strncmp(n->key, what, len) && n->key[len] == ':' && !strcmp(n->key + len + 1, name);
}

/* The patches of a record, each in the row of its name. */
static void
print_patches(struct session *s, const struct record *rec)
{
	struct patch_row *rows = arena_array(&s->arena, struct patch_row, rec->nnotes + 1), *row = NULL;
	cleanup_str struct str table = {0};
	size_t n = 0;

	for (size_t i = 0; i < rec->nnotes; i++) {
		const struct note *f = &rec->notes[i];

		if (f->key && str_starts(f->key, "patch:")) {
			row = &rows[n++];
			row->name = f->key + 6;
		}
		if (!row)
			continue;
		row->files = told(f, "files", row->name) ? f->value : row->files;
		row->offset = told(f, "offset", row->name) ? f->value : row->offset;
		row->author = told(f, "author", row->name) ? f->value : row->author;
		row->subject = told(f, "subject", row->name) ? f->value : row->subject;
	}
	patch_table(rows, n, &table);
	fputs(str_text(&table), stdout);
}

static bool
applies_patches(const struct step *step)
{
	return !strcmp(step->prim->name, "patch") || !strcmp(step->prim->name, "debian_source");
}

/* The step as the recipe is now; NULL where it cannot be planned, which is no reason to show no log. */
static const struct plan_step *
planned(struct session *s, uint32_t step)
{
	const char *name = s->recipe->steps[step].name;
	struct err quiet = {0};
	int r = s->project < 0 ? session_plan(s, &name, 1, false, &quiet) : session_replan(s, &name, 1, &quiet);

	err_free(&quiet);
	return r ? NULL : &s->plan.v[step];
}

/* A step that ran elsewhere left no log here, but what its patches did is in its record. */
static bool
print_record(struct session *s, const struct plan_step *ps)
{
	struct err quiet = {0};
	struct record rec;
	bool found = ps && applies_patches(ps->step) && ps->state == PLAN_CACHED &&
		     store_record(s->store, &ps->key, &s->arena, &rec, &quiet) == 1;

	err_free(&quiet);
	if (found)
		print_patches(s, &rec);
	return found;
}

/* It ran after the result that is shown was made: with other options, or an edited folder. */
static void
note_newer(struct session *s, const char *shown, const char *newest)
{
	if (newest && strcmp(newest, shown) > 0 && log_there(s->store, newest))
		fprintf(stderr,
			"note: this is of the result that the recipe has now; a later run had other inputs: %s/logs/%s\n",
			store_path(s->store), newest);
}

static int
print_log(struct session *s, uint32_t number, struct err *err)
{
	const char *step = s->recipe->steps[number].name, *newest = steplog_newest(s, step);
	const struct plan_step *ps = planned(s, number);
	const char *name = ps ? steplog(s, ps) : newest;
	cleanup_fd int fd = name ? log_open(s->store, name) : -1;

	if (fd < 0 && !s->cli->first_error && print_record(s, ps))
		return 0;
	if (fd < 0) {
		err_set(err, "E1012", "step `%s` left no log on this machine", step);
		return err_help(err, "a log is made when a step runs; cached steps ran elsewhere or long ago");
	}
	note_newer(s, name, newest);
	if (s->cli->first_error)
		return print_first(fd), 0;
	return copy_out(fd) < 0 ? err_sys(err, "E1012", "cannot read the log of `%s`", step) : 0;
}

/* All steps that have a log, with its path. */
static void
list_logs(struct session *s)
{
	for (size_t i = 0; i < s->recipe->nsteps; i++) {
		const char *step = s->recipe->steps[i].name, *name = steplog_newest(s, step);

		if (name && log_there(s->store, name))
			printf("%-30s %s/logs/%s\n", step, store_path(s->store), name);
	}
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct session s;
	uint32_t *steps;
	size_t n;
	int r;

	if (cli->support)
		return support_write(cli, err) ? err_status(err) : ST_OK;
	r = session_load(&s, cli, cli->argv[0], err);

	if (!r) {
		s.store = store_open(cli->store, false, err);
		r = s.store ? 0 : -1;
	}
	if (!r && cli->argc == 1) {
		list_logs(&s);
	} else if (!r) {
		steps = arena_array(&s.arena, uint32_t, s.recipe->nsteps + 1);
		n = session_find(&s, cli->argv[1], steps, err);
		r = n ? 0 : -1;
		for (size_t i = 0; !r && i < n; i++)
			r = print_log(&s, steps[i], err);
	}
	session_close(&s);
	return r < 0 ? err_status(err) : ST_OK;
}

const struct command cmd_log = {
	.name = "log",
	.usage = "RECIPE [STEP]",
	.doc = "Print what the programs of a step said when they made the result that the recipe has now, or, where it has none, in its newest "
	       "run on this machine; without STEP it lists where the newest logs are. Of a "
	       "step that applies patches there is a table of them: files, offset and fuzz, author, subject, also when it ran elsewhere. With "
	       "--first-error only the first lines that say what went wrong. With --support FILE all that a bug report needs goes into one archive: the "
	       "recipe's texts and fragments, the plan, what doctor finds, jkr.lock, versions, and the logs of steps that have no result; home folder, user, "
	       "machine and passwords in addresses are taken out, and what is inside is listed.",
	.options = "define profile plugin with matrix first-error support",
	.min_args = 1,
	.max_args = 2,
	.run = run,
};
