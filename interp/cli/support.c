#include "cli/support.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/str.h"
#include "data/archive_write.h"
#include "cli/userfile.h"
#include "cli/versions.h"
#include "cli/steplog.h"
#include "os/fs.h"
#include "os/proc.h"
#include "run/logs.h"

enum {
	LOG_SHOWN = 8 << 20, /* the end of a longer log */
	SAID_MAX = 32 << 20, /* of a command of jkr */
	LOGS_MAX = 20,
};

struct support {
	struct cli *cli;
	struct arena arena;
	struct map files; /* name → struct str */
	const char *home, *user, *node;
};

/* What is taken out */

static void
replace_all(struct str *b, const char *what, const char *with)
{
	cleanup_str struct str out = {0};
	size_t n = what ? strlen(what) : 0;
	const char *from = str_text(b), *hit;

	if (n < 2 || !(hit = strstr(from, what)))
		return;
	for (; hit; from = hit + n, hit = strstr(from, what)) {
		str_addn(&out, from, (size_t)(hit - from));
		str_add(&out, with);
	}
	str_add(&out, from);
	str_reset(b);
	str_addn(b, str_text(&out), out.len);
}

/* https://user:secret@host becomes https://…@host. */
static void
drop_logins(struct str *b)
{
	char *p = b->s, *at;

	while (p && (p = strstr(p, "://"))) {
		size_t n = strcspn(p + 3, "/ \t\r\n\"'`<>");

		at = memchr(p + 3, '@', n);
		p += 3;
		for (; at && p < at; p++)
			*p = '*';
	}
}

static const char *const secret_names[] = {"token",   "secret",     "passw",        "apikey",
					   "api_key", "credential", "authorization"};

static const char *
secret_in(const char *text)
{
	const char *hit = NULL;

	for (size_t i = 0; i < ARRAY_LEN(secret_names) && !hit; i++)
		hit = strcasestr(text, secret_names[i]);
	return hit;
}

/* -D sdk.token=…: its value wherever it stands. */
static void
drop_options(const struct support *s, struct str *b)
{
	for (size_t i = 0; i < s->cli->defs.n; i++) {
		const char *def = s->cli->defs.v[i], *value = strchr(def, '=');
		cleanup_free char *name = xstrndup(def, value ? (size_t)(value - def) : 0);

		if (value && secret_in(name))
			replace_all(b, value + 1, "***");
	}
}

/* The value behind a name of a secret: NAME=value, NAME: value, name = "value". NULL when there is none. */
static char *
value_behind(char *p)
{
	p += strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
	p += strspn(p, "\"'");
	if (p[0] == ' ' && p[1] == '=' && p[2] == ' ' && !strchr("\"'", p[3]))
		return NULL; /* of a program's text */
	p += strspn(p, " ");
	if (*p != '=' && *p != ':')
		return NULL;
	p += 1 + strspn(p + 1, " \t\"'");
	return p;
}

static void
drop_secrets(struct str *b)
{
	for (size_t i = 0; b->s && i < ARRAY_LEN(secret_names); i++)
		for (char *p = b->s; (p = strcasestr(p, secret_names[i])); p++) {
			char *value = value_behind(p);
			/* "Authorization: Bearer …" is two words */
			const char *ends = strncasecmp(p, "auth", 4) ? " \t\r\n\"',;&" : "\r\n\"'";

			for (; value && *value && !strchr(ends, *value); value++)
				*value = '*';
		}
}

static void
clean(const struct support *s, struct str *b)
{
	for (size_t i = 0; i < b->len; i++)
		if (!b->s[i])
			b->s[i] = '?';
	replace_all(b, s->home, "~");
	replace_all(b, s->node, "HOST");
	if (s->user && strcmp(s->user, "root") != 0)
		replace_all(b, s->user, "USER");
	drop_options(s, b);
	drop_logins(b);
	drop_secrets(b);
}

/* What goes in */

static void
add(struct support *s, const char *name, struct str *text)
{
	struct str *kept = arena_new(&s->arena, struct str);
	char *safe = arena_strdup(&s->arena, name);

	for (char *p = safe; *p; p++)
		if (*p == '/' || *p < ' ')
			*p = '_';
	clean(s, text);
	*kept = *text;
	*text = (struct str){0};
	map_set(&s->files, safe, kept);
}

/* The same recipe, profile and options, for another command of this program. */
static const char *const *
argv_of(struct support *s, const char *command, bool json)
{
	const struct cli *cli = s->cli;
	const char **v = arena_array(&s->arena, const char *, 16 + 2 * (cli->defs.n + cli->plugins.n));
	size_t n = 0;

	v[n++] = "/proc/self/exe";
	v[n++] = command;
	if (cli->argc)
		v[n++] = cli->argv[0];
	for (size_t i = 0; i < cli->defs.n; i++)
		v[n++] = "-D", v[n++] = cli->defs.v[i];
	for (size_t i = 0; i < cli->plugins.n; i++)
		v[n++] = "--plugin", v[n++] = cli->plugins.v[i];
	if (cli->profile)
		v[n++] = "--profile", v[n++] = cli->profile;
	if (cli->store)
		v[n++] = "--store", v[n++] = cli->store;
	if (json)
		v[n++] = "--format", v[n++] = "json";
	return v;
}

/* What a command says, its mistakes at the end. */
static int
add_command(struct support *s, const char *name, const char *command, bool json, struct err *err)
{
	cleanup_fd int mistakes = memfd_create("support", MFD_CLOEXEC);
	cleanup_str struct str out = {0}, text = {0};
	struct proc_spec spec = {.argv = argv_of(s, command, json), .dir = -1, .in = -1, .out = -1, .errfd = mistakes};
	char how[64];
	int status = proc_capture(&spec, &out, SAID_MAX, err);

	if (status < 0 || lseek(mistakes, 0, SEEK_SET))
		return -1;
	fs_read(mistakes, &text, SAID_MAX);
	if (status) {
		str_addf(&text, "jkr %s %s\n", command, proc_status_text(status, how));
		add(s, arena_printf(&s->arena, "%s.err", name), &text);
	}
	add(s, name, &out);
	return 0;
}

static void
add_versions(struct support *s)
{
	cleanup_str struct str b = {0};

	versions_write(&b);
	add(s, "versions.txt", &b);
}

static void
add_log(struct support *s, struct session *session, const char *step)
{
	const char *name = steplog_newest(session, step);
	cleanup_fd int fd = name ? log_open(session->store, name) : -1;
	cleanup_str struct str text = {0};
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);

	if (size < 0)
		return;
	if (size > LOG_SHOWN)
		str_addf(&text, "[the first %lld bytes are left out]\n", (long long)(size - LOG_SHOWN));
	if (lseek(fd, size > LOG_SHOWN ? size - LOG_SHOWN : 0, SEEK_SET) >= 0)
		fs_read(fd, &text, LOG_SHOWN);
	add(s, arena_printf(&s->arena, "log-%s.txt", step), &text);
}

/* Logs of steps that have none of the results they should have: the failed ones are among them. */
static void
add_logs(struct support *s, struct session *session)
{
	size_t shown = 0;

	for (size_t i = 0; i < session->plan.n && shown < LOGS_MAX; i++) {
		const struct plan_step *ps = &session->plan.v[session->plan.order[i]];

		if (ps->state != PLAN_RUN)
			continue;
		add_log(s, session, ps->step->name);
		shown++;
	}
}

static void
add_texts(struct support *s, struct session *session)
{
	struct map *m = &session->recipe->sources;

	map_sort(m);
	for (size_t i = 0; i < m->n; i++) {
		cleanup_str struct str text = {0};

		str_add(&text, m->v[i].value);
		add(s, arena_printf(&s->arena, "recipe-%s", m->v[i].key), &text);
	}
}

static int
add_fragment(void *ctx, const struct param *p, struct source *src)
{
	struct support *s = ctx;
	cleanup_str struct str text = {0};

	if (!p || p->type != P_SYMBOLS || src->kind != SRC_FILE)
		return 0;
	if (!userfile_read(arena_printf(&s->arena, "%s/%s", src->file.root, src->file.rel), &text, 1 << 20))
		add(s, arena_printf(&s->arena, "recipe-%s", src->file.shown), &text);
	return 0;
}

/* What a kernel is configured by is a text of the recipe as well. */
static void
add_fragments(struct support *s, const struct session *session)
{
	for (size_t i = 0; i < session->recipe->nsteps; i++) {
		const struct step *step = &session->recipe->steps[i];

		if (step->bound)
			schema_sources(step->prim->params, step->bound, add_fragment, s);
	}
}

/* Of a recipe that does not load its own text is what matters. */
static void
add_recipe(struct support *s)
{
	struct session session;
	struct err err = {0};
	cleanup_str struct str text = {0};
	int r = session_load(&session, s->cli, s->cli->argv[0], &err);

	if (r && !userfile_read(s->cli->argv[0], &text, 1 << 20))
		add(s, arena_printf(&s->arena, "recipe-%s", path_base(s->cli->argv[0])), &text);
	if (!r) {
		add_texts(s, &session);
		add_fragments(s, &session);
		if (!session_plan(&session, NULL, 0, false, &err))
			add_logs(s, &session);
		str_reset(&text);
		if (session.project >= 0 && !fs_read_file(session.project, "jkr.lock", &text, 16 << 20))
			add(s, "jkr.lock", &text);
	}
	session_close(&session);
	err_free(&err);
}

/* The archive */

static const char *
format_of(const char *name)
{
	for (size_t i = 0; arc_out_formats[i]; i++) {
		cleanup_free char *end = xasprintf(".%s", arc_out_formats[i]);

		if (str_ends(name, end))
			return arc_out_formats[i];
	}
	return NULL;
}

static int
pack(struct support *s, int fd, const char *format, struct err *err)
{
	struct arc_out *out = arc_out_open(fd, &(struct arc_out_opts){.format = format, .threads = 1}, err);
	int r = out ? 0 : -1;

	map_sort(&s->files);
	for (size_t i = 0; !r && i < s->files.n; i++) {
		const struct str *text = s->files.v[i].value;
		struct member m = {.name = arena_printf(&s->arena, "jkr-support/%s", s->files.v[i].key),
				   .mode = S_IFREG | 0644,
				   .size = text->len,
				   .mtime = FS_MTIME};
		cleanup_fd int from = memfd_create("support", MFD_CLOEXEC);

		r = from < 0 || fs_write(from, str_text(text), text->len) || lseek(from, 0, SEEK_SET)
			    ? err_sys(err, "E1006", "cannot hold `%s`", m.name)
			    : arc_out_add(out, &m, from, err);
	}
	if (!r)
		r = arc_out_end(out, err);
	if (out)
		arc_out_free(out);
	return r;
}

static void
list(const struct support *s)
{
	char size[32];

	printf("%s:\n", s->cli->support);
	for (size_t i = 0; i < s->files.n; i++)
		printf("  %-30s %s\n", s->files.v[i].key,
		       format_size(((const struct str *)s->files.v[i].value)->len, size));
	puts("look through it before you send it: recipes and logs are as they are, but for home folder, names and passwords");
}

int
support_write(struct cli *cli, struct err *err)
{
	const struct passwd *user = getpwuid(getuid());
	const char *format = format_of(cli->support);
	struct support s = {.cli = cli, .home = getenv("HOME"), .user = user ? user->pw_name : NULL};
	cleanup_fd int fd = -1;
	struct utsname u;
	int r = 0;

	if (!format) {
		err_set(err, "E1003",
			"`--support` takes a name that ends in .tar.zst, .tar.gz, .tar.xz or .tar, not `%s`",
			cli->support);
		return -1;
	}
	s.node = uname(&u) || strlen(u.nodename) < 3 || !strcmp(u.nodename, "localhost") ? NULL : u.nodename;
	s.home = s.home && !strcmp(s.home, "/") ? NULL : s.home;
	add_versions(&s);
	add_recipe(&s);
	r = add_command(&s, "plan.json", "plan", true, err) || add_command(&s, "doctor.json", "doctor", true, err) ||
			    add_command(&s, "manifest.json", "manifest", false, err)
		    ? -1
		    : 0;
	fd = r ? -1 : open(cli->support, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (!r && fd < 0)
		r = err_sys(err, "E1006", "cannot write `%s`", cli->support);
	if (!r)
		r = pack(&s, fd, format, err);
	if (!r && !cli->quiet)
		list(&s);
	for (size_t i = 0; i < s.files.n; i++)
		str_free(s.files.v[i].value);
	map_free(&s.files);
	arena_free(&s.arena);
	return r;
}
