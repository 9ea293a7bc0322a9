#include "data/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "base/err.h"
#include "base/str.h"
#include "data/json.h"
#include "os/fs.h"

#define CODE "E0903"
#define VERSION 1
#define LOCK_MAX (16 << 20)

/* The last line of the inputs, which no input can be named like. */
#define END_NAME ""
#define END_TEXT "end"

static int
fail(struct lock *l, const char *what, const char *name, struct err *err)
{
	err_set(err, CODE, "`%s` %s%s%s%s", l->shown, what, name ? " `" : "", name ? name : "", name ? "`" : "");
	return err_help(err, "take both sides of a merge, or remove the file and run `jkr update`");
}

static bool
plain(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return false;
	return true;
}

static int
take_pin(struct lock *l, const struct field *f, struct err *err)
{
	const struct value *pin = f->value.type == V_TABLE ? value_field(&f->value, "pin") : NULL;

	if (str_eq(f->key, END_NAME) && f->value.type == V_STRING && str_eq(f->value.str.s, END_TEXT))
		return 0;
	if (!pin || pin->type != V_STRING || !*pin->str.s)
		return fail(l, "holds no text `pin` for", f->key, err);
	if (f->value.table.nfields != 1 || f->value.table.nitems)
		return fail(l, "holds more than `pin` for", f->key, err);
	if (!*f->key || !plain(f->key) || !plain(pin->str.s))
		return fail(l, "holds control characters in the pin of", f->key, err);
	map_set(&l->pins, f->key, (void *)pin->str.s);
	return 0;
}

static int
take_all(struct lock *l, const struct value *v, struct err *err)
{
	const struct value *version, *inputs;

	if (v->type != V_TABLE || v->table.nitems)
		return fail(l, "is not a lock file", NULL, err);
	version = value_field(v, "version");
	inputs = value_field(v, "inputs");
	if (!version || version->type != V_INT)
		return fail(l, "does not say its `version`", NULL, err);
	if (version->i != VERSION) {
		err_set(err, CODE, "`%s` has version %lld, and this jkr reads version %d", l->shown,
			(long long)version->i, VERSION);
		return err_help(err, "use the jkr that wrote it, or a newer one");
	}
	if (!inputs || inputs->type != V_TABLE || inputs->table.nitems || v->table.nfields != 2)
		return fail(l, "is not a lock file", NULL, err);
	for (size_t i = 0; i < inputs->table.nfields; i++)
		if (take_pin(l, &inputs->table.fields[i], err) < 0)
			return -1;
	return 0;
}

static struct place
line_of(const char *text, const char *at, const char *shown)
{
	struct place p = {.file = shown, .line = 1, .col = 1};

	for (; text < at; text++)
		p.line += *text == '\n';
	return p;
}

/* The commonest damage has a name of its own. */
static int
check_conflict(struct lock *l, const char *text, struct err *err)
{
	static const char *const marks[] = {"<<<<<<< ", ">>>>>>> ", "=======\n"};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		const char *p = strstr(text, marks[i]);

		if (!p || (p > text && p[-1] != '\n'))
			continue;
		fail(l, "holds the marks of a merge conflict", NULL, err);
		return err_at(err, line_of(text, p, l->shown));
	}
	return 0;
}

int
lock_parse(struct lock *l, const char *text, size_t len, const char *shown, struct err *err)
{
	const char *copy;
	struct value v;

	memset(l, 0, sizeof *l);
	l->shown = arena_strdup(&l->arena, shown);
	copy = len ? arena_strndup(&l->arena, text, len) : "";
	if (check_conflict(l, copy, err) < 0)
		return -1;
	if (json_parse(text, len, LOCK_MAX, l->shown, &l->arena, &v, err) < 0)
		return err_help(err, "take both sides of a merge, or remove the file and run `jkr update`");
	return take_all(l, &v, err);
}

int
lock_read(struct lock *l, int dir, const char *name, const char *shown, struct err *err)
{
	cleanup_str struct str text = {0};

	memset(l, 0, sizeof *l);
	if (fs_read_file(dir, name, &text, LOCK_MAX) >= 0)
		return lock_parse(l, str_text(&text), text.len, shown, err);
	l->shown = arena_strdup(&l->arena, shown);
	if (errno == ENOENT)
		return 0;
	return err_sys(err, CODE, "cannot read `%s`", shown);
}

void
lock_free(struct lock *l)
{
	map_free(&l->pins);
	map_free(&l->changes);
	arena_free(&l->arena);
	memset(l, 0, sizeof *l);
}

const char *
lock_get(const struct lock *l, const char *name)
{
	return map_get(&l->pins, name);
}

void
lock_set(struct lock *l, const char *name, const char *text)
{
	const char *key, *value;

	if (str_eq(lock_get(l, name), text))
		return;
	key = arena_strdup(&l->arena, name);
	value = arena_strdup(&l->arena, text);
	l->changed = true;
	/* a pin that was taken away stays in the map without a text */
	map_set(&l->pins, key, (void *)value);
	map_set(&l->changes, key, (void *)value);
}

/* A string as JSON writes it. */
static void
add_quoted(struct str *out, const char *s)
{
	cleanup_json struct json *list = json_array();
	cleanup_str struct str text = {0};

	json_string(list, NULL, s);
	json_print(list, false, &text);
	str_addn(out, text.s + 1, text.len - 2);
}

/* One pin a line, and behind each a comma, also behind the last one: so a new line changes no other, and branches that
 * add inputs at different places merge by themselves, those that add them at one place by taking both. */
static void
format(struct lock *l, struct str *out)
{
	map_sort(&l->pins);
	str_addf(out, "{\n  \"version\": %d,\n  \"inputs\": {\n", VERSION);
	for (size_t i = 0; i < l->pins.n; i++) {
		if (!l->pins.v[i].value)
			continue;
		str_add(out, "    ");
		add_quoted(out, l->pins.v[i].key);
		str_add(out, ": {\"pin\": ");
		add_quoted(out, l->pins.v[i].value);
		str_add(out, "},\n");
	}
	str_add(out, "    \"" END_NAME "\": \"" END_TEXT "\"\n  }\n}\n");
}

static int
write_merged(struct lock *l, int dir, const char *name, struct err *err)
{
	cleanup_str struct str text = {0};
	struct lock now;
	int r = lock_read(&now, dir, name, l->shown, err);

	for (size_t i = 0; r == 0 && i < l->changes.n; i++)
		lock_set(&now, l->changes.v[i].key, l->changes.v[i].value);
	if (r == 0)
		format(&now, &text);
	if (r == 0 && now.changed && fs_replace(dir, name, text.s, text.len, 0644) < 0)
		r = err_sys(err, CODE, "cannot write `%s`", l->shown);
	lock_free(&now);
	return r;
}

int
lock_write(struct lock *l, int dir, const char *name, struct err *err)
{
	cleanup_fd int guard = -1;

	if (!l->changed)
		return 0;
	/* held until the descriptor is closed: two runs that end together write one after the other */
	guard = fs_open(dir, ".", O_RDONLY | O_DIRECTORY);
	if (guard < 0 || flock(guard, LOCK_EX) < 0)
		return err_sys(err, CODE, "cannot write `%s`", l->shown);
	if (write_merged(l, dir, name, err) < 0)
		return -1;
	l->changed = false;
	return 0;
}
