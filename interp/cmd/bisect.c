/* bisect: which difference between two runs makes the second fail */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cli/bisect.h"
#include "cli/runwords.h"
#include "cli/show.h"
#include "cli/userfile.h"
#include "data/json.h"
#include "model/wanted.h"

enum { SCRIPT_MAX = 16 << 20, SHOWN = 8 };

static int
open_side(struct bisect *b, int which, struct err *err)
{
	struct bisect_side *s = &b->side[which];
	struct cli *main = b->cli;
	int r;

	s->shown = main->argv[which];
	if (runwords(main, s->shown, &s->cli, err))
		return -1;
	if (s->cli->with.n)
		return err_set(err, "E1042", "`%s` stands on an edited folder, which is no recipe to go through",
			       s->shown);
	s->cli->quiet = !main->verbose;
	s->opened = true;
	r = session_load(&s->s, s->cli, s->cli->argv[0], err);
	s->recipe = main->recipe = s->cli->recipe;
	if (!r)
		r = session_plan(&s->s, NULL, 0, !main->dry_run, err);
	if (r)
		return -1;
	s->params = arena_array(b->a, struct value, s->recipe->nsteps + 1);
	for (size_t i = 0; i < s->recipe->nsteps; i++)
		s->params[i] = s->recipe->steps[i].params;
	return 0;
}

static void
close_side(struct bisect *b, int which)
{
	struct bisect_side *s = &b->side[which];

	if (s->opened)
		session_close(&s->s);
	if (s->recipe && s->recipe != b->cli->recipe) {
		recipe_free(s->recipe);
		free(s->recipe);
	}
	if (s->cli)
		cli_free(s->cli);
}

/* Of a name that stands for several steps the last check, or the last. */
static int
find_judge(struct bisect *b, struct err *err)
{
	struct bisect_side *bad = &b->side[1];
	uint32_t *v = arena_array(b->a, uint32_t, bad->recipe->nsteps + 1);
	size_t n = session_find(&bad->s, b->cli->judge, v, err);
	const struct step *found = n ? &bad->recipe->steps[v[n - 1]] : NULL;

	for (size_t i = 0; i < n; i++) {
		const struct step *s = &bad->recipe->steps[v[i]];

		if (step_is_check(s))
			found = s;
	}
	b->judge = found ? arena_strdup(b->a, found->name) : NULL;
	return found ? 0 : -1;
}

static int
find_script(struct bisect *b, struct err *err)
{
	cleanup_str struct str text = {0};

	if (b->cli->judge)
		return err_set(err, "E1003", "`--judge` and `--script` are two judges: give one of them");
	if (userfile_read(b->cli->script, &text, SCRIPT_MAX))
		return err_sys(err, "E1044", "cannot read the script `%s`", b->cli->script);
	b->script = hash_of(str_text(&text), text.len);
	return 0;
}

static int
not_bad(struct bisect *b, const struct bisect_probe *p, struct err *err)
{
	const char *shown = b->side[1].shown;

	if (p->verdict == VERDICT_SKIP)
		return err_set(err, "E1043", "`%s` cannot be judged: %s", shown, p->why);
	if (b->judge || b->cli->script)
		return err_set(err, "E1043", "`%s` is not bad: %s%s%s", shown, b->judge ? "`" : "",
			       b->judge ? b->judge : "the script", b->judge ? "` holds" : " says that it is good");
	err_set(err, "E1042", "nothing fails in `%s`, so that there is nothing to look for", shown);
	return err_help(err, "--script FILE names a program that says whether a build is good, --judge STEP a step");
}

/* Both ends have to be what they are said to be. The bad one first: what fails in it is the judge where none is
 * named. */
static int
see_ends(struct bisect *b, struct err *err)
{
	enum verdict verdict;

	if (bisect_end(b, 1, &verdict, err))
		return -1;
	if (verdict != VERDICT_BAD)
		return not_bad(b, &b->probes[b->nprobes - 1], err);
	if (b->judge && !recipe_step(b->side[0].recipe, b->judge))
		return err_set(err, "E1042", "`%s` has no step `%s`, which fails in `%s`", b->side[0].shown, b->judge,
			       b->side[1].shown);
	if (bisect_end(b, 0, &verdict, err))
		return -1;
	if (verdict == VERDICT_GOOD)
		return 0;
	err_set(err, "E1043", "`%s` is not good: %s", b->side[0].shown, b->probes[b->nprobes - 1].why);
	return err_help(err, "the first word names the run that is good, the second the one that is bad");
}

/* Telling */

static bool
is_kind(const struct bisect_change *c, const char *kind)
{
	return !strcmp(c->kind, kind);
}

static void
print_change(const struct bisect_change *c, bool among)
{
	cleanup_str struct str line = {0};

	str_addf(&line, is_kind(c, "steps") ? "%s%s %s" : "%s%s `%s`", among ? "  " : "", c->kind, c->name);
	if (c->step)
		str_addf(&line, " in step `%s`", c->step);
	if (is_kind(c, "patch"))
		str_add(&line, c->a && c->b ? ", which is another now" : c->a ? ", taken away" : "");
	else if (!is_kind(c, "commit"))
		str_addf(&line, ": %s → %s", c->a ? c->a : "not there", c->b ? c->b : "not there");
	print_safe(stdout, str_text(&line));
	putchar('\n');
}

static void
print_part(const struct bisect *b, const struct culprit_part *p)
{
	if (p->n > 1)
		printf("one of %zu changes, between which nothing can be told:\n", p->n);
	for (size_t i = p->first; i < p->first + p->n; i++)
		print_change(&b->v[i], p->n > 1);
}

static void
count(const struct bisect *b, size_t of[3], size_t *known)
{
	for (size_t i = 0; i < b->nprobes; i++) {
		of[b->probes[i].verdict]++;
		*known += b->probes[i].known;
	}
}

static void
print(const struct bisect *b, const struct culprit *c)
{
	size_t of[3] = {0}, known = 0;

	count(b, of, &known);
	for (size_t i = c->n; i-- > 0;) {
		print_part(b, &c->v[i]);
		if (i)
			puts("together with");
	}
	if (!c->proven)
		puts("  not by itself: without others before it, it cannot be tried");
	printf("%zu change%s, %zu builds: %zu good, %zu bad", b->n, b->n == 1 ? "" : "s", b->nprobes, of[VERDICT_GOOD],
	       of[VERDICT_BAD]);
	if (of[VERDICT_SKIP])
		printf(", %zu that cannot be told", of[VERDICT_SKIP]);
	if (known)
		printf("; %zu were known from before", known);
	putchar('\n');
}

static void
add_change(struct json *list, const struct bisect_change *c)
{
	struct json *j = json_add_object(list, NULL);

	json_string(j, "kind", c->kind);
	json_string(j, "name", c->name);
	json_string(j, "step", c->step);
	json_string(j, "a", c->a); /* as `diff` calls both sides */
	json_string(j, "b", c->b);
}

static void
print_json(const struct bisect *b, const struct culprit *c)
{
	static const char *const words[] = {"good", "bad", "skip"};
	cleanup_json struct json *j = json_object();
	cleanup_str struct str text = {0};
	struct json *found, *probes;

	json_string(j, "good", b->side[0].shown);
	json_string(j, "bad", b->side[1].shown);
	json_string(j, "judge", b->judge);
	json_string(j, "script", b->cli->script);
	json_uint(j, "changes", b->n);
	json_bool(j, "proven", c->proven);
	/* each of them is needed; of one that has several changes it is one of those */
	found = json_add_array(j, "found");
	for (size_t i = c->n; i-- > 0;) {
		struct json *list = json_add_array(found, NULL);

		for (size_t k = c->v[i].first; k < c->v[i].first + c->v[i].n; k++)
			add_change(list, &b->v[k]);
	}
	probes = json_add_array(j, "probes");
	for (size_t i = 0; i < b->nprobes; i++) {
		struct json *p = json_add_object(probes, NULL);

		json_uint(p, "changes", b->probes[i].on);
		json_string(p, "verdict", words[b->probes[i].verdict]);
		json_double(p, "seconds", b->probes[i].seconds);
		json_bool(p, "known", b->probes[i].known);
		json_string(p, "why", b->probes[i].why);
	}
	json_print(j, true, &text);
	fputs(str_text(&text), stdout);
}

/* With -n: what would be tried, in its order. */
static void
list_changes(const struct bisect *b)
{
	cleanup_json struct json *list = json_array();
	cleanup_str struct str text = {0};

	for (size_t i = 0; i < b->n; i++)
		if (wants_json(b->cli))
			add_change(list, &b->v[i]);
		else
			print_change(&b->v[i], false);
	json_print(list, true, &text);
	if (wants_json(b->cli))
		fputs(str_text(&text), stdout);
}

static int
search(struct bisect *b, struct err *err)
{
	struct culprit c = {0};
	int r = see_ends(b, err);

	if (!r)
		r = culprit_find(b->chain, b->n, bisect_probe, b, &c, err);
	if (!r && wants_json(b->cli))
		print_json(b, &c);
	else if (!r)
		print(b, &c);
	culprit_free(&c);
	return r;
}

static int
prepare(struct bisect *b, struct err *err)
{
	if (open_side(b, 0, err) || open_side(b, 1, err))
		return -1;
	if (b->cli->script ? find_script(b, err) : b->cli->judge ? find_judge(b, err) : 0)
		return -1;
	return bisect_changes(b, err);
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct bisect b = {.cli = cli, .a = &cli->arena};
	int r = prepare(&b, err);

	if (!r && !cli->quiet)
		fprintf(stderr, "%zu change%s between `%s` and `%s`\n", b.n, b.n == 1 ? "" : "s", b.side[0].shown,
			b.side[1].shown);
	if (!r && cli->dry_run)
		list_changes(&b);
	else if (!r)
		r = search(&b, err);
	for (size_t i = 0; i < b.nmixes; i++)
		free(b.mixes[i].v);
	free(b.mixes);
	free(b.v);
	free(b.chain);
	free(b.probes);
	close_side(&b, 1);
	close_side(&b, 0);
	if (!b.interrupted)
		return r ? err_status(err) : ST_OK;
	if (!cli->quiet)
		fputs("interrupted: the same command goes on from here\n", stderr);
	err_free(err);
	return (enum status)(128 + b.interrupted);
}

const struct command cmd_bisect = {
	.name = "bisect",
	.usage = "GOOD BAD",
	.doc = "Find which difference between two runs makes the second fail. GOOD and BAD are each what `jkr run` takes, as one word: a recipe with its options, such as "
	       "`jkr bisect board.lua 'board.lua -D camera=duo'`, or the recipe in two checkouts of its project. What differs is tried in parts: lines of jkr.lock (toolchains, packages), commits of a "
	       "git_checkout, patches of a series, parameters, Kconfig symbols; patches and commits in their order, each with all before it, the others in any. Each build goes into the store and the "
	       "warm build directories of the recipe, so that it costs what differs. The judge is the step that fails in BAD, or the one that --judge names (a `boot`, a check); a build in which "
	       "another step fails before it cannot be told, and is gone around. With --script a program judges instead: it gets the folder of what the recipe returns, and "
	       "exits with 0 for good, 125 for what cannot be told, another status below 128 for bad. Where one change is not bad by itself, all that have to come together are found. With -n the changes are listed, and nothing is built. What was "
	       "judged is remembered: an interrupted command goes on where it was; --fresh judges again.",
	.options =
		"define profile plugin judge script format dry-run jobs locked offline fresh no-wait backend allow-host",
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
