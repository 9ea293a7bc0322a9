#include "run/tags.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "data/kbuild.h"
#include "os/fs.h"
#include "run/job_impl.h"

#define STEPS 200 /* of progress, in all: more would be noise for programs that read events */
#define CMD_MAX ((size_t)4 << 20)

static char *
path_of(const struct job *job)
{
	return xasprintf("warm/%s.tags", job->warm.id);
}

/* Which of the two counts this job's build has. */
static int
kind(const struct job *job)
{
	return job->warm.dir >= 0 && !job->warm.fresh;
}

void
tags_begin(struct job *job)
{
	cleanup_free char *path = job->warm.id ? path_of(job) : NULL;
	cleanup_str struct str text = {0};
	struct tags *t = &job->tags;

	if (!path || t->last[0] || t->last[1] || fs_read_file(store_fd(job->store), path, &text, 256))
		return;
	if (sscanf(str_text(&text), "%" SCNu64 " %" SCNu64, &t->last[0], &t->last[1]) == 2)
		t->total = t->last[kind(job)];
	else
		t->last[0] = t->last[1] = 0;
}

/* Whose command line is another: only a warm build says so. */
static void
keep_command(struct job *job, const struct kbuild_line *l)
{
	struct tags *t = &job->tags;
	struct kbuild_text what;

	if (t->ncommands < TAGS_COMMANDS && kbuild_reason(l, &what) == KBUILD_COMMAND)
		t->commands[t->ncommands++] = arena_strndup(&job->arena, l->target.s, l->target.n);
}

void
tags_line(struct job *job, const char *line, size_t n)
{
	struct tags *t = &job->tags;
	struct kbuild_line l;

	if (n > 2 && line[0] == ' ' && kbuild_line(line, n, &l)) {
		t->done++;
		if (l.why.n)
			keep_command(job, &l);
	} else if (kbuild_warning(line, n)) {
		t->warnings++;
	}
	if (t->done > t->total)
		t->total = 0; /* more than the last time: nobody knows how much */
	if (t->total && (t->done - t->told) * STEPS >= t->total) {
		t->told = t->done;
		job_progress(job, t->done, t->total);
	}
}

static void
read_cmd(int dir, const char *name, struct str *out)
{
	str_reset(out);
	if (dir < 0 || fs_read_file(dir, name, out, CMD_MAX))
		str_reset(out);
}

void
tags_commands(struct job *job)
{
	struct upper *u = upper_find(job, "/jkr/build");
	cleanup_fd int now = u ? fs_open_nofollow(job->tmpfd, u->name, O_PATH | O_DIRECTORY) : -1;
	cleanup_str struct str name = {0}, before = {0}, after = {0}, change = {0};
	struct tags *t = &job->tags;

	for (size_t i = 0; now >= 0 && i < t->ncommands; i++) {
		kbuild_cmd_name(t->commands[i], strlen(t->commands[i]), &name);
		read_cmd(job->warm.tree, str_text(&name), &before);
		read_cmd(now, str_text(&name), &after);
		if (kbuild_command_change(str_text(&before), str_text(&after), &change))
			job_logf(job, "[jkr: command line of %s: %s]", t->commands[i], change.s);
	}
	t->ncommands = 0;
}

void
tags_end(struct job *job)
{
	cleanup_free char *path = job->warm.id ? path_of(job) : NULL;
	struct tags *t = &job->tags;
	char text[64];

	if (t->warnings)
		job_note(job, "%zu warning%s: `jkr log` shows %s", t->warnings, t->warnings == 1 ? "" : "s",
			 t->warnings == 1 ? "it" : "them");
	if (!path || !t->done || job->warm.dir < 0)
		return;
	t->last[kind(job)] = t->done;
	snprintf(text, sizeof text, "%" PRIu64 " %" PRIu64 "\n", t->last[0], t->last[1]);
	/* a count that cannot be kept is worth no word: the next build has no percentage */
	(void)!fs_replace_soon(store_fd(job->store), path, text, strlen(text), 0644);
}
