/* record: what is known about a key, the readable text of the key, and the last key of each step. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "os/fs.h"
#include "store/store_own.h"

#define FIRST_LINE "jkr record 1"

static void
add_field(struct str *out, const char *s)
{
	str_addc(out, '\t');
	for (; *s; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f || *s == '\\')
			str_addf(out, "\\x%02x", (unsigned char)*s);
		else
			str_addc(out, *s);
	}
}

static void
add_pair(struct str *out, const char *key, const char *value)
{
	if (!value)
		return;
	str_add(out, key);
	add_field(out, value);
	str_addc(out, '\n');
}

/* Undoes add_field in place. */
static char *
plain(char *s)
{
	char *to = s, hex[3] = "";

	for (char *from = s; *from;) {
		if (from[0] == '\\' && from[1] == 'x' && from[2] && from[3]) {
			memcpy(hex, from + 2, 2);
			*to++ = (char)strtol(hex, NULL, 16);
			from += 4;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
	return s;
}

void
record_format(const struct hash *key, const struct record *r, struct str *out)
{
	char hex[HASH_HEX];

	str_add(out, FIRST_LINE "\n");
	add_pair(out, "key", hash_hex(key, hex));
	add_pair(out, "tree", hash_hex(&r->result.tree, hex));
	str_addf(out, "seconds\t%" PRIu64 "\n", (uint64_t)(r->result.seconds > 0 ? r->result.seconds * 1000 : 0));
	str_addf(out, "epoch\t%" PRId64 "\n", r->result.epoch);
	str_addf(out, "when\t%" PRId64 "\n", r->when);
	add_pair(out, "primitive", r->primitive);
	add_pair(out, "step", r->step);
	add_pair(out, "log", r->log);
	add_pair(out, "run", r->run);
	add_pair(out, "machine", r->machine);
	for (size_t i = 0; i < r->nnotes; i++) {
		str_add(out, "note");
		add_field(out, r->notes[i].key);
		add_field(out, r->notes[i].value ? r->notes[i].value : "");
		str_addc(out, '\n');
	}
	object_seal(out);
}

static bool
take_number(const char *s, int64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoll(s, &end, 10);
	return !errno && end != s && !*end;
}

static bool
add_note(struct arena *a, struct record *r, char *value)
{
	char *tab = strchr(value, '\t');
	struct note *v = (struct note *)r->notes;
	size_t n = r->nnotes;

	if (!tab)
		return false;
	*tab = '\0';
	if (!(n & (n - 1))) { /* full: 0, 1, 2, 4 … */
		v = arena_array(a, struct note, n ? 2 * n : 1);
		if (n)
			memcpy(v, r->notes, sizeof *v * n);
		r->notes = v;
	}
	v[r->nnotes++] = (struct note){arena_strdup(a, plain(value)), arena_strdup(a, plain(tab + 1))};
	return true;
}

/* Where a line's text goes; NULL: it is no text. */
static const char **
text_of(struct record *r, const char *name)
{
	const struct {
		const char *name, **to;
	} texts[] = {{"primitive", &r->primitive},
		     {"step", &r->step},
		     {"log", &r->log},
		     {"run", &r->run},
		     {"machine", &r->machine}};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (!strcmp(texts[i].name, name))
			return texts[i].to;
	return NULL;
}

/* One line; `seen` collects what must be there. */
static bool
take_line(struct arena *a, const struct hash *key, struct record *r, char *line, unsigned *seen)
{
	char *value = strchr(line, '\t');
	const char **text;
	struct hash h;
	int64_t n;

	if (!value)
		return false;
	*value++ = '\0';
	if (!strcmp(line, "note"))
		return !a || add_note(a, r, value);
	if (!strcmp(line, "key")) {
		*seen |= 1;
		return !hash_parse(&h, value) && !hash_cmp(&h, key);
	}
	if (!strcmp(line, "tree")) {
		*seen |= 2;
		return !hash_parse(&r->result.tree, value);
	}
	text = text_of(r, line);
	if (text)
		*text = a ? arena_strdup(a, plain(value)) : NULL;
	else if (!take_number(value, &n))
		return false;
	else if (!strcmp(line, "seconds"))
		r->result.seconds = (double)n / 1000;
	else if (!strcmp(line, "epoch"))
		r->result.epoch = n;
	else if (!strcmp(line, "when"))
		r->when = n;
	return true;
}

bool
record_parse(struct str *text, const struct hash *key, struct arena *a, struct record *r)
{
	char *rest, *line;
	unsigned seen = 0;
	bool good = object_open(text);

	memset(r, 0, sizeof *r);
	rest = good ? text->s : NULL;
	good = good && (line = object_line(&rest)) && !strcmp(line, FIRST_LINE);
	while (good && (line = object_line(&rest)))
		good = take_line(a, key, r, line, &seen);
	return good && seen == 3 && !*rest;
}

/* Reads a record: 1 found, 0 not there or set aside. */
static int
read_record(struct store *st, const struct hash *key, struct arena *a, struct record *r, time_t *used)
{
	cleanup_str struct str text = {0};
	char path[STORE_PATH];

	memset(r, 0, sizeof *r);
	object_path(path, "results", key, "");
	if (!object_read_time(st, path, &text, used)) {
		if (st->fd >= 0 && fs_exists(st->fd, path))
			object_set_aside(st, path, "it is no file that can be read");
		return 0;
	}
	if (record_parse(&text, key, a, r))
		return 1;
	object_set_aside(st, path, "the record is damaged");
	return 0;
}

/* Remembers the use, once a day, for gc. */
static void
touch(struct store *st, const struct hash *key, time_t used)
{
	char path[STORE_PATH];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (st->writable && used < now.tv_sec - TOUCH_SECONDS)
		utimensat(st->fd, object_path(path, "results", key, ""), NULL, AT_SYMLINK_NOFOLLOW);
}

int
store_lookup(struct store *st, const struct hash *key, struct result *out, struct err *err)
{
	struct record r;
	struct hash *layers;
	size_t n;
	time_t used;
	bool usable = true;

	(void)err;
	if (!read_record(st, key, NULL, &r, &used) || !tree_read_stack(st, &r.result.tree, &layers, &n))
		return 0;
	for (size_t i = 0; i < n && usable; i++)
		usable = layer_usable(st, &layers[i]);
	if (usable)
		tree_remember(st, &r.result.tree, layers, n);
	free(layers);
	if (!usable)
		return 0;
	touch(st, key, used);
	*out = r.result;
	return 1;
}

int
store_record(struct store *st, const struct hash *key, struct arena *a, struct record *out, struct err *err)
{
	time_t used;

	(void)err;
	return read_record(st, key, a, out, &used);
}

int
store_commit(struct store *st, const struct hash *key, const char *key_text, const struct record *rec, struct err *err)
{
	cleanup_str struct str text = {0}, record = {0};
	struct hash h = hash_of(key_text, strlen(key_text));
	char path[STORE_PATH];

	if (store_must_write(st, err))
		return -1;
	if (hash_cmp(&h, key))
		return err_set(err, "E0804", "the text of a key does not hash to the key");
	str_add(&text, key_text);
	if (object_write(st, object_path(path, "keys", key, ""), &text, false, err))
		return -1;
	record_format(key, rec, &record);
	return object_write(st, object_path(path, "results", key, ""), &record, false, err);
}

char *
store_key_text(struct store *st, const struct hash *key)
{
	cleanup_str struct str text = {0};
	char path[STORE_PATH];
	struct hash h;

	object_path(path, "keys", key, "");
	if (!object_read(st, path, &text))
		return NULL;
	h = hash_of(str_text(&text), text.len);
	if (!hash_cmp(&h, key))
		return str_steal(&text);
	object_set_aside(st, path, "the text does not hash to its key");
	return NULL;
}

/* steps/HASH of recipe and step: names may hold anything. */
static const char *
last_path(char buf[STORE_PATH], const char *recipe, const char *step)
{
	cleanup_str struct str name = {0};
	struct hash h;

	add_field(&name, recipe);
	add_field(&name, step);
	h = hash_of(name.s, name.len);
	return object_path(buf, "steps", &h, "");
}

bool
store_last(struct store *st, const char *recipe, const char *step, struct hash *key, double *seconds)
{
	cleanup_str struct str text = {0}, name = {0};
	char path[STORE_PATH], *rest, *line;
	struct hash h;
	int64_t ms;

	if (!object_read(st, last_path(path, recipe, step), &text) || !object_open(&text))
		return false;
	rest = text.s;
	line = object_line(&rest);
	if (!line || hash_parse(&h, line) || !(line = object_line(&rest)) || !take_number(line, &ms))
		return false;
	add_pair(&name, "recipe", recipe);
	add_pair(&name, "step", step);
	if (strcmp(rest, name.s)) /* of another step */
		return false;
	*key = h;
	if (seconds)
		*seconds = (double)ms / 1000;
	return true;
}

void
store_set_last(struct store *st, const char *recipe, const char *step, const struct hash *key, double seconds)
{
	cleanup_str struct str text = {0};
	struct err err = {0};
	char path[STORE_PATH], hex[HASH_HEX];

	if (!st->writable)
		return;
	str_addf(&text, "%s\n%" PRIu64 "\n", hash_hex(key, hex), (uint64_t)(seconds > 0 ? seconds * 1000 : 0));
	add_pair(&text, "recipe", recipe);
	add_pair(&text, "step", step);
	object_seal(&text);
	/* History only: a run does not fail for it. */
	object_write(st, last_path(path, recipe, step), &text, false, &err);
	err_free(&err);
}
