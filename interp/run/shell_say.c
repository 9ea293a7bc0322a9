#include "run/shell_say.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "run/job_impl.h"

static const char *const kinds[] = {
	[BIND_TREE] = "read-only",
	[BIND_SCRATCH] = "may be written over",
	[BIND_LAYER] = "what is written here would be the result",
	[BIND_OUT] = "what is left here would be the result",
	[BIND_WARM] = "the build directory, as the last run left it",
	[BIND_CCACHE] = "the cache of compiles",
	[BIND_FD] = "a file, read-only",
};

/* The step whose result a tree is, or NULL. */
static const char *
step_of(struct job *job, const struct tree *t)
{
	for (size_t i = 0; t && i < job->plan->recipe->nsteps; i++)
		if (job->trees[i] == t)
			return job->plan->recipe->steps[i].name;
	return NULL;
}

static void
say_bind(struct job *job, const struct bind *b)
{
	const char *step = step_of(job, b->tree);

	fprintf(stderr, "  %-16s ", b->at);
	if (step)
		fprintf(stderr, "`%s`%s%s, ", step, b->sub && *b->sub ? " / " : "", b->sub ? b->sub : "");
	fprintf(stderr, "%s%s\n", b->tree || b->kind != BIND_SCRATCH ? "" : "empty, ", kinds[b->kind]);
}

/* A word as a shell takes it back. */
static void
add_word(struct str *b, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=/.,:@%";

	if (*word && strspn(word, plain) == strlen(word)) {
		str_add(b, word);
		return;
	}
	str_addc(b, '\'');
	for (; *word; word++)
		str_add(b, *word == '\'' ? "'\\''" : (char[]){*word, 0});
	str_addc(b, '\'');
}

void
shell_say(struct job *job, const struct sandbox *sb)
{
	struct str b = {0};

	fprintf(stderr, "the sandbox of step `%s`; what you write in it is thrown away\n", job_name(job));
	for (size_t i = 0; i < sb->nbinds; i++)
		say_bind(job, &sb->binds[i]);
	for (size_t i = 0; sb->argv[i]; i++) {
		str_add(&b, i ? " " : "");
		add_word(&b, sb->argv[i]);
	}
	fprintf(stderr, "the step would run in %s%s:\n  %s\n", sb->cwd ? sb->cwd : "/",
		sb->stdin_text ? ", with a text on its stdin" : "", str_text(&b));
	str_free(&b);
}
