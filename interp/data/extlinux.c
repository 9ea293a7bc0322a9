#include "data/extlinux.h"

#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/str.h"
#include "data/schema.h"

#define CODE "E0567"
enum { LABELS = 64 };

/* What a key stands behind when it is new. */
static const struct {
	const char *key, *behind;
} order[] = {{"FDT", "INITRD"}, {"OVERLAYS", "APPEND"}, {"INITRD", "LINUX"}, {"LINUX", "LABEL"}};

struct line {
	const char *s;
	size_t n;      /* without the line break */
	size_t indent; /* blanks in front */
	size_t key;    /* length of the first word */
};

static struct line
line_at(const char *s)
{
	struct line l = {.s = s, .n = strcspn(s, "\n")};

	while (l.indent < l.n && (s[l.indent] == ' ' || s[l.indent] == '\t'))
		l.indent++;
	while (l.indent + l.key < l.n && !strchr(" \t\r", s[l.indent + l.key]))
		l.key++;
	return l;
}

static const char *
after(const struct line *l)
{
	return l->s + l->n + (l->s[l->n] == '\n');
}

static bool
is_key(const struct line *l, const char *key)
{
	return l->key == strlen(key) && !strncasecmp(l->s + l->indent, key, l->key);
}

static const char *
value_of(const struct line *l, size_t *n)
{
	size_t from = l->indent + l->key, to = l->n;

	while (from < to && strchr(" \t", l->s[from]))
		from++;
	while (to > from && strchr(" \t\r", l->s[to - 1]))
		to--;
	*n = to - from;
	return l->s + from;
}

/* -- the label that is meant ------------------------------------------------------------------------------ */
struct labels {
	const char *name[LABELS];
	size_t n;
	const char *first; /* of DEFAULT */
};

static void
find_labels(const char *text, struct arena *a, struct labels *out)
{
	for (const char *s = text; *s;) {
		struct line l = line_at(s);
		size_t n;
		const char *v = value_of(&l, &n);

		if (is_key(&l, "LABEL") && out->n < LABELS)
			out->name[out->n++] = arena_strndup(a, v, n);
		else if (is_key(&l, "DEFAULT"))
			out->first = arena_strndup(a, v, n);
		s = after(&l);
	}
}

static const char *
meant(const char *asked, const struct labels *all, struct err *err)
{
	const char *label = asked ? asked : all->first ? all->first : all->n == 1 ? all->name[0] : NULL, *near;
	size_t found = 0;

	for (size_t i = 0; label && i < all->n; i++)
		found += !strcmp(all->name[i], label);
	if (found == 1)
		return label;
	if (!label)
		err_set(err, CODE, "which of %zu labels is meant is not said: there is no DEFAULT", all->n);
	else if (found)
		err_set(err, CODE, "label `%s` is there %zu times", label, found);
	else
		err_set(err, CODE, "there is no label `%s`", label);
	near = label && !found ? near_name(label, all->name, all->n) : NULL;
	if (near)
		err_help(err, "did you mean `%s`?", near);
	else if (all->n)
		err_help(err, "the first label is `%s`", all->name[0]);
	return NULL;
}

/* -- arguments -------------------------------------------------------------------------------------------- */
/* Whether `word` is an argument called as `arg` up to its `=`. */
static bool
same_name(const char *word, size_t n, const char *arg)
{
	size_t k = strcspn(arg, "="), w = 0;

	while (w < n && word[w] != '=')
		w++;
	return w == k && !memcmp(word, arg, k);
}

static bool
named_in(const struct strings *list, const char *word, size_t n)
{
	for (size_t i = 0; list && i < list->n; i++)
		if (same_name(word, n, list->v[i]))
			return true;
	return false;
}

static void
add_append(const struct line *l, const struct extlinux_change *c, struct str *out)
{
	const char *s = l->s + l->indent + l->key, *end = l->s + l->n;

	str_addn(out, l->s, l->indent + l->key);
	while (s < end) {
		size_t n;

		s += strspn(s, " \t\r");
		if (s >= end)
			break;
		n = strcspn(s, " \t\r\n");
		if (!named_in(c->args, s, n) && !named_in(c->without, s, n)) {
			str_addc(out, ' ');
			str_addn(out, s, n);
		}
		s += n;
	}
	for (size_t i = 0; c->args && i < c->args->n; i++)
		str_addf(out, " %s", c->args->v[i]);
	str_addc(out, '\n');
}

/* -- lines of the label ----------------------------------------------------------------------------------- */
static const char *
behind(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (!strcasecmp(order[i].key, key))
			return order[i].behind;
	return "APPEND";
}

static bool
has_line(const char *label_at, const char *end, const char *key)
{
	for (const char *s = label_at; s < end;) {
		struct line l = line_at(s);

		if (is_key(&l, key))
			return true;
		s = after(&l);
	}
	return false;
}

/* The label as it is changed. */
struct change {
	const struct extlinux_change *c;
	const char *from, *end; /* its old lines */
	struct line append;     /* as which the new ones are indented */
	unsigned done;          /* of c->keys, a bit each */
	struct str *out;
};

/* Whether the label will have such a line. */
static bool
will_stand(const struct change *ch, const char *key)
{
	for (size_t i = 0; ch->c->keys[i]; i++)
		if (!strcasecmp(ch->c->keys[i], key))
			return ch->c->values[i];
	return has_line(ch->from, ch->end, key);
}

/* New lines that stand behind one with this key, which may be new itself: where INITRD is missing, behind APPEND. */
static void
add_behind(struct change *ch, const char *key)
{
	for (size_t i = 0; ch->c->keys[i]; i++) {
		const char *new = ch->c->keys[i], *place = behind(new);

		if (!will_stand(ch, place))
			place = "APPEND";
		if (!ch->c->values[i] || strcasecmp(place, key) != 0 || ch->done & 1u << i)
			continue;
		ch->done |= 1u << i;
		if (ch->out->s[ch->out->len - 1] != '\n') /* the file's last line, which ends without */
			str_addc(ch->out, '\n');
		str_addn(ch->out, ch->append.s, ch->append.indent);
		str_addf(ch->out, "%s %s\n", new, ch->c->values[i]);
		add_behind(ch, new);
	}
}

static bool
is_changed(const struct line *l, const struct extlinux_change *c)
{
	for (size_t i = 0; c->keys[i]; i++)
		if (is_key(l, c->keys[i]))
			return true;
	return false;
}

/* The line of the label with the arguments; there must be one. */
static int
find_append(struct change *ch, const char *label, struct err *err)
{
	size_t n = 0;

	for (const char *s = ch->from; s < ch->end;) {
		struct line l = line_at(s);

		s = after(&l);
		if (is_key(&l, "APPEND")) {
			ch->append = l;
			n++;
		}
	}
	if (n == 1)
		return 0;
	return err_set(err, CODE, n ? "label `%s` has several APPEND lines" : "label `%s` has no APPEND line", label);
}

static int
change_label(const char *from, const char *end, const char *label, const struct extlinux_change *c, struct str *out,
	     struct err *err)
{
	struct change ch = {.c = c, .from = from, .end = end, .out = out};

	if (find_append(&ch, label, err))
		return -1;
	for (const char *s = from; s < end;) {
		struct line l = line_at(s);
		char key[16];

		s = after(&l);
		if (is_changed(&l, c))
			continue;
		if (is_key(&l, "APPEND"))
			add_append(&l, c, out);
		else
			str_addn(out, l.s, (size_t)(s - l.s));
		if (l.key >= sizeof key)
			continue;
		memcpy(key, l.s + l.indent, l.key);
		key[l.key] = '\0';
		add_behind(&ch, key);
	}
	return 0;
}

int
extlinux_change(const char *text, const struct extlinux_change *c, struct str *out, struct err *err)
{
	cleanup_arena struct arena a = {0};
	struct labels all = {0};
	const char *label, *s = text;

	find_labels(text, &a, &all);
	label = meant(c->label, &all, err);
	if (!label)
		return -1;
	while (*s) {
		struct line l = line_at(s);
		const char *end = after(&l);
		size_t n;
		const char *v = value_of(&l, &n);

		if (!is_key(&l, "LABEL") || n != strlen(label) || memcmp(v, label, n)) {
			str_addn(out, s, (size_t)(end - s));
			s = end;
			continue;
		}
		while (*end) {
			struct line next = line_at(end);

			if (is_key(&next, "LABEL"))
				break;
			end = after(&next);
		}
		if (change_label(s, end, label, c, out, err))
			return -1;
		s = end;
	}
	return 0;
}

/* -- an entry as it is ------------------------------------------------------------------------------------- */
static struct strings *
split(struct arena *a, const char *s, const char *between)
{
	struct strings *list = arena_new(a, struct strings);

	list->v = arena_array(a, const char *, strlen(s) / 2 + 1);
	for (s += strspn(s, between); *s; s += strspn(s, between)) {
		size_t n = strcspn(s, between);

		list->v[list->n++] = arena_strndup(a, s, n);
		s += n;
	}
	return list;
}

static int
take_line(const struct line *l, struct arena *a, struct extlinux_entry *out, struct err *err)
{
	const char *append = NULL, *overlays = NULL;
	struct {
		const char *key, **to;
		bool there;
	} lines[] = {{"LINUX", &out->linux, out->linux},     {"KERNEL", &out->linux, out->linux},
		     {"INITRD", &out->initrd, out->initrd},  {"FDT", &out->fdt, out->fdt},
		     {"OVERLAYS", &overlays, out->overlays}, {"FDTOVERLAYS", &overlays, out->overlays},
		     {"APPEND", &append, out->args}};
	size_t n;
	const char *v = value_of(l, &n);

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		if (!is_key(l, lines[i].key))
			continue;
		if (lines[i].there)
			return err_set(err, CODE, "label `%s` has several %s lines", out->label, lines[i].key);
		*lines[i].to = arena_strndup(a, v, n);
	}
	if (append)
		out->args = split(a, append, " \t\r");
	if (overlays)
		out->overlays = split(a, overlays, ", \t\r");
	return 0;
}

int
extlinux_read(const char *text, const char *label, struct arena *a, struct extlinux_entry *out, struct err *err)
{
	struct labels all = {0};
	bool inside = false;

	find_labels(text, a, &all);
	*out = (struct extlinux_entry){.label = meant(label, &all, err)};
	if (!out->label)
		return -1;
	for (const char *s = text; *s;) {
		struct line l = line_at(s);
		size_t n;
		const char *v = value_of(&l, &n);

		s = after(&l);
		if (is_key(&l, "LABEL"))
			inside = n == strlen(out->label) && !memcmp(v, out->label, n);
		else if (inside && take_line(&l, a, out, err))
			return -1;
	}
	return 0;
}
