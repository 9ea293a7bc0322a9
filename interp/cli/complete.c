#include "cli/complete.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>

#include "base/str.h"
#include "cli/schemas.h"
#include "cli/session.h"
#include "cli/show.h"
#include "cli/where.h"
#include "cli/wrap.h"
#include "os/fs.h"

/* The command line up to the cursor. */
struct line {
	struct cli *cli;
	FILE *out;
	const struct command *cmd;
	const char *recipe; /* the first argument of the command, or NULL */
	size_t narg;        /* arguments before the cursor */
	const char *cur;    /* what is typed of the word */
	const char *before; /* what stands before it in one word: "--define=", "rt=" */
	struct map said;    /* words that were offered */
};

/* Whether a shell takes it as it stands: bash and fish put it on the line without quotes, and names in recipes are
 * anybody's. */
static bool
is_plain(const char *word)
{
	if (*word == '=')
		return false;
	while (*word) {
		size_t n = (unsigned char)*word < 0x80 ? isalnum((unsigned char)*word) || strchr("-_./:=@+,", *word)
						       : str_printable(word, strlen(word));

		if (!n)
			return false;
		word += n;
	}
	return true;
}

/* Offers `word`, `end` behind it. */
static void
offer(struct line *l, const char *word, const char *end, const char *doc)
{
	const char *whole = arena_printf(&l->cli->arena, "%s%s%s", l->before, word, end);

	if (!str_starts(word, l->cur) || !is_plain(word) || map_get(&l->said, whole))
		return;
	map_set(&l->said, whole, (void *)whole);
	fputs(whole, l->out);
	if (doc && *doc) {
		const char *first = arena_strndup(&l->cli->arena, doc, (size_t)first_sentence(doc));

		putc('\t', l->out);
		print_safe(l->out, arena_strndup(&l->cli->arena, first, strcspn(first, "\n\t")));
	}
	putc('\n', l->out);
}

/* Each of "auto|tty|plain". */
static void
offer_each(struct line *l, const char *words)
{
	for (const char *s = words; *s; s += *s == '|') {
		size_t n = strcspn(s, "|");

		if (islower((unsigned char)*s)) /* NAME is no word but a kind of words */
			offer(l, arena_strndup(&l->cli->arena, s, n), "", NULL);
		s += n;
	}
}

/* -- what lies in folders of the search path ------------------------------------------------------------------ */
static void
offer_names(struct line *l, const char *folder, const char *suffix, bool whole)
{
	for (const char *const *search = where_search(&l->cli->arena); *search; search++) {
		cleanup_fd int dir = open(*search, O_PATH | O_DIRECTORY | O_CLOEXEC);
		cleanup_fd int sub = dir < 0 ? -1 : fs_open(dir, folder, O_RDONLY | O_DIRECTORY);
		char **names;
		size_t n;

		if (sub < 0 || fs_names(sub, &names, &n) < 0)
			continue;
		for (size_t i = 0; i < n; i++)
			if (str_ends(names[i], suffix))
				offer(l,
				      arena_strndup(&l->cli->arena, names[i],
						    strlen(names[i]) - (whole ? 0 : strlen(suffix))),
				      "", NULL);
		fs_names_free(names, n);
	}
}

/* The word of a usage that argument `k` stands for, such as "steps|options" or "RECIPE"; "" where none may stand. */
static const char *
usage_word(struct line *l, size_t k)
{
	struct arena *a = &l->cli->arena;
	cleanup_str struct str plain = {0};
	const char *last = "";
	char *rest, *word;

	for (const char *s = l->cmd->usage; *s; s++) {
		if (str_starts(s, "…"))
			str_addc(&plain, '+'), s += strlen("…") - 1;
		else if (!strchr("[]", *s))
			str_addc(&plain, *s);
	}
	rest = arena_strdup(a, str_text(&plain));
	while ((word = strsep(&rest, " ")) && !str_starts(word, "--")) {
		bool many = str_ends(word, "+");

		if (many)
			word[strlen(word) - 1] = '\0';
		last = *word ? word : last;
		if (many || (*word && !k--))
			return last;
	}
	return "";
}

/* -- what a recipe has ------------------------------------------------------------------------------------ */
static const struct recipe *
load(struct line *l)
{
	struct session *s = arena_new(&l->cli->arena, struct session);
	struct err err = {0};

	/* a key press asks no server */
	l->cli->offline = l->cli->quiet = true;
	if (l->recipe && !l->cli->recipe && session_load(s, l->cli, l->recipe, &err) < 0)
		session_end(l->cli);
	err_free(&err);
	return l->cli->recipe;
}

static void
offer_steps(struct line *l, const char *end)
{
	const struct recipe *r = load(l);

	for (size_t i = 0; r && i < r->nsteps; i++) {
		const char *name = r->steps[i].name;
		size_t n = strcspn(name, "/");

		if (name[n] && !*end)
			offer(l, arena_strndup(&l->cli->arena, name, n), "", "all of its steps");
		offer(l, name, end, r->steps[i].prim->name);
	}
}

static void
offer_options(struct line *l)
{
	const struct recipe *r = load(l);
	const char *eq = strchr(l->cur, '=');

	for (size_t i = 0; r && i < r->noptions; i++) {
		const struct option *o = &r->options[i];

		if (!eq) {
			offer(l, o->name, "=", o->doc);
		} else if (!strncmp(o->name, l->cur, (size_t)(eq - l->cur)) && !o->name[eq - l->cur]) {
			l->before = arena_printf(&l->cli->arena, "%s%s=", l->before, o->name);
			l->cur = eq + 1;
			if (!strcmp(o->type, "bool"))
				offer_each(l, "true|false");
			else if (o->def.type == V_STRING)
				offer(l, o->def.str.s, "", "the default");
			return;
		}
	}
}

static void
offer_with(struct line *l)
{
	if (strchr(l->cur, '='))
		fputs(":folders\n", l->out);
	else
		offer_steps(l, "=");
}

static void
offer_profiles(struct line *l)
{
	offer_names(l, "profiles", ".yaml", false);
}

static void
offer_toolchains(struct line *l)
{
	offer_names(l, "toolchains", ".yaml", false);
}

/* -- options ------------------------------------------------------------------------------------------------ */
static void
offer_value(struct line *l, const struct option_spec *o)
{
	static const struct {
		const char *name;
		void (*fill)(struct line *l);
	} known[] = {
		{"define", offer_options},
		{"profile", offer_profiles},
		{"toolchain", offer_toolchains},
		{"with", offer_with},
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (!strcmp(known[i].name, o->name)) {
			known[i].fill(l);
			return;
		}
	if (strchr(o->arg, '|'))
		offer_each(l, o->arg);
	else if (!strcmp(o->arg, "DIR"))
		fputs(":folders\n", l->out);
	else if (!strcmp(o->arg, "FILE"))
		fputs(":files\n", l->out);
}

/* The option that `word` is: "-D", "--define", "--define=rt=" (the value goes to `value`, else NULL). */
static const struct option_spec *
option_of(const struct line *l, const char *word, const char **value)
{
	size_t n = strcspn(word, "=");

	*value = NULL;
	for (const struct option_spec *o = cli_options; o->name; o++) {
		if (!command_takes(l->cmd, o))
			continue;
		if (word[0] == '-' && o->letter && word[1] == o->letter) {
			*value = word[2] ? word + 2 : NULL;
			return o;
		}
		if (str_starts(word, "--") && strlen(o->name) == n - 2 && !strncmp(word + 2, o->name, n - 2)) {
			*value = word[n] ? word + n + 1 : NULL;
			return o;
		}
	}
	return NULL;
}

static bool
takes_value(const struct option_spec *o)
{
	return o->kind != OPT_FLAG && o->kind != OPT_COUNT;
}

static void
offer_option(struct line *l)
{
	const char *value;
	const struct option_spec *o = option_of(l, l->cur, &value);

	if (o && value && takes_value(o)) {
		l->before = arena_strndup(&l->cli->arena, l->cur, (size_t)(value - l->cur));
		l->cur = value;
		offer_value(l, o);
		return;
	}
	for (o = cli_options; o->name; o++)
		if (command_takes(l->cmd, o))
			offer(l, arena_printf(&l->cli->arena, "--%s", o->name), takes_value(o) ? "=" : "", o->doc);
}

/* -- arguments ------------------------------------------------------------------------------------------------ */
static void
offer_recipes(struct line *l)
{
	offer_names(l, "recipes", ".lua", true);
	fputs(":files\n", l->out);
}

static void
offer_documented(struct line *l)
{
	struct arena *a = &l->cli->arena;
	const char *const *names;
	struct err err = {0};

	for (const struct prim *const *p = prims; *p; p++)
		offer(l, (*p)->name, "", (*p)->doc);
	if (!load_define_names(where_search(a), a, &names, &err))
		for (; *names; names++)
			offer(l, *names, "", "a constructor");
	err_free(&err);
	for (const char *const *s = schema_names; *s; s++)
		offer(l, *s, "", "a JSON schema");
}

static void
offer_argument(struct line *l)
{
	static const struct {
		const char *cmd, *word; /* cmd NULL: of every command */
		void (*fill)(struct line *l);
	} known[] = {{"doc", "NAME", offer_documented}, {NULL, "RECIPE", offer_recipes}};
	const char *text = usage_word(l, l->narg);

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strstr(text, known[i].word) && (!known[i].cmd || !strcmp(known[i].cmd, l->cmd->name)))
			known[i].fill(l);
	if (strstr(text, "STEP"))
		offer_steps(l, "");
	if (strstr(text, "FILE") || strstr(text, "DIR") || strstr(text, "IMAGE"))
		fputs(":files\n", l->out);
	offer_each(l, text);
}

/* Takes the words before the cursor; gives the option whose value stands there, or NULL. */
static const struct option_spec *
take_words(struct line *l, const char *const *words, size_t n)
{
	const struct option_spec *wants = NULL;
	const char *value;

	for (size_t i = 0; i + 1 < n; i++) {
		const struct option_spec *o = *words[i] == '-' ? option_of(l, words[i], &value) : NULL;

		if (wants)
			wants = NULL;
		else if (o)
			wants = takes_value(o) && !value ? o : NULL;
		else if (*words[i] == '-')
			continue;
		else if (!l->cmd)
			l->cmd = command_find(words[i]);
		else if (strstr(usage_word(l, l->narg++), "RECIPE"))
			l->recipe = words[i];
	}
	return wants;
}

void
complete_words(struct cli *cli, const char *const *words, size_t n, FILE *out)
{
	struct line l = {.cli = cli, .out = out, .cur = n ? words[n - 1] : "", .before = ""};
	const struct option_spec *wants = take_words(&l, words, n);

	if (wants)
		offer_value(&l, wants);
	else if (*l.cur == '-')
		offer_option(&l);
	else if (l.cmd)
		offer_argument(&l);
	else
		for (const struct command *const *c = commands; *c; c++)
			offer(&l, (*c)->name, "", (*c)->doc);
	map_free(&l.said);
}
