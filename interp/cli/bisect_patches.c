/* bisect_patches: two lists of patches as an ordered series of changes, two sets of symbols as single ones. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "cli/bisect.h"
#include "cli/userfile.h"
#include "data/kconfig.h"
#include "data/patchfile.h"

enum { SERIES_MAX = 4 << 20, FRAGMENT_MAX = 16 << 20 };

/* Patches */

static void *
field_of(const struct step *s, const char *name)
{
	const struct param *p = schema_find(s->prim->params, name);

	return p ? (char *)s->bound + p->offset : NULL;
}

/* A list of patches can say all that a series does but -pN and -R. */
static bool
is_plain_series(struct bisect *b, const struct source *src)
{
	cleanup_free char *path = xasprintf("%s/%s", src->file.root, src->file.rel);
	cleanup_str struct str text = {0};
	struct series_line *lines;
	struct err quiet = {0};
	bool plain = true;
	size_t n = 0;

	if (src->kind == SRC_NONE)
		return true;
	if (src->kind != SRC_FILE || userfile_read(path, &text, SERIES_MAX) ||
	    series_parse(src->file.shown, str_text(&text), text.len, b->a, &lines, &n, &quiet))
		plain = false;
	for (size_t i = 0; i < n && plain; i++)
		plain = lines[i].strip == 1 && !lines[i].reverse;
	err_free(&quiet);
	return plain;
}

struct listed {
	struct value v;
	const char *name;
	struct hash hash;
};

static bool
list_patches(struct bisect *b, int which, const struct step *s, struct listed **out, size_t *n)
{
	const struct sources *src = field_of(s, "patches");
	const struct source *series = field_of(s, "series");
	struct err quiet = {0};
	bool good = src && series && is_plain_series(b, series);

	*n = good ? src->n : 0;
	*out = arena_array(b->a, struct listed, *n + 1);
	for (size_t i = 0; i < *n && good; i++) {
		struct file_content content;
		const struct file_ref *f = &src->v[i].file;

		good = src->v[i].kind == SRC_FILE && !session_file(&b->side[which].s, f, &content, &quiet);
		(*out)[i].v = (struct value){.type = V_FILE, .at = src->v[i].at, .file = *f};
		(*out)[i].name = path_base(f->rel);
		(*out)[i].hash = content.hash;
	}
	err_free(&quiet);
	return good;
}

/* For each of x the index of the patch of y that has its bytes, or -1: of several with the same bytes the k-th of one
 * side is the k-th of the other. */
static long *
pair_equal(struct bisect *b, const struct listed *x, size_t n, const struct listed *y, size_t m)
{
	long *to = arena_array(b->a, long, n + 1);
	uintptr_t *after = arena_array(b->a, uintptr_t, m + 1);
	struct map first = {0}; /* hash → index of the first of y that is not paired, plus 1 */
	char hex[HASH_HEX];

	for (size_t k = m; k-- > 0;) {
		const char *key = arena_strdup(b->a, hash_hex(&y[k].hash, hex));

		after[k] = (uintptr_t)map_get(&first, key);
		map_set(&first, key, (void *)(uintptr_t)(k + 1));
	}
	for (size_t i = 0; i < n; i++) {
		const char *key = hash_hex(&x[i].hash, hex);
		uintptr_t k = (uintptr_t)map_get(&first, key);

		to[i] = (long)k - 1;
		if (k)
			map_set(&first, arena_strdup(b->a, key), (void *)after[k - 1]);
	}
	map_free(&first);
	return to;
}

/* Of these pairs the most that stand in one order on both sides; the others become -1. By patience: best[l] ends the
 * run of l + 1 pairs that ends earliest in y, so series of thousands take no memory of one times the other. */
static void
keep_longest(struct bisect *b, long *to, size_t n)
{
	size_t *best = arena_array(b->a, size_t, n + 1), *before = arena_array(b->a, size_t, n + 1), len = 0;
	bool *kept = arena_array(b->a, bool, n + 1);

	for (size_t i = 0; i < n; i++) {
		size_t low = 0, high = len;

		while (to[i] >= 0 && low < high) {
			size_t mid = (low + high) / 2;

			if (to[best[mid]] < to[i])
				low = mid + 1;
			else
				high = mid;
		}
		if (to[i] < 0)
			continue;
		before[i] = low ? best[low - 1] : n;
		best[low] = i;
		len += low == len;
	}
	for (size_t i = len ? best[len - 1] : n; i < n; i = before[i])
		kept[i] = true;
	for (size_t i = 0; i < n; i++)
		to[i] = kept[i] ? to[i] : -1;
}

/* One that gave way to another of its name is one change. */
static void
add_patch(struct bisect *b, struct mix *m, const struct listed *x, const struct listed *y, unsigned chain)
{
	const char *name = y ? y->name : x->name;
	const char *a = x ? "there" : NULL, *c = y ? (x ? "another" : "there") : NULL;
	long change = bisect_add(b, &(struct bisect_change){"patch", name, m->step, a, c}, chain);

	bisect_item(m, &(struct mix_item){name, x ? &x->v : NULL, y ? &y->v : NULL, change});
}

bool
bisect_patches(struct bisect *b, const struct step *s, const struct step *t)
{
	struct listed *x, *y;
	size_t n, m, i = 0, k = 0, before = b->n;
	unsigned chain = (unsigned)b->nmixes + 1;
	struct mix *mix;
	long *to;

	if (!list_patches(b, 0, s, &x, &n) || !list_patches(b, 1, t, &y, &m))
		return false;
	to = pair_equal(b, x, n, y, m);
	keep_longest(b, to, n);
	mix = bisect_mix(b, MIX_PATCHES, s->name, "patches");
	while (i < n || k < m) {
		size_t end = i, next; /* the next pair that is kept, and where it stands in y */

		while (end < n && to[end] < 0)
			end++;
		next = end < n ? (size_t)to[end] : m;
		if (i == end && k == next) {
			bisect_item(mix, &(struct mix_item){x[i].name, &x[i].v, &y[k].v, -1});
			i++, k++;
		} else if (i < end && k < next && !strcmp(x[i].name, y[k].name)) {
			add_patch(b, mix, &x[i++], &y[k++], chain);
		} else if (i < end) {
			add_patch(b, mix, &x[i++], NULL, chain);
		} else {
			add_patch(b, mix, NULL, &y[k++], chain);
		}
	}
	if (b->n == before) /* the same patches, however they are listed */
		b->nmixes--, free(mix->v);
	return true;
}

/* Symbols */

/* A fragment's lines, in the place of the file. */
static bool
take_fragment(struct bisect *b, const struct source *src, struct map *out)
{
	cleanup_free char *path = xasprintf("%s/%s", src->file.root, src->file.rel);
	cleanup_str struct str text = {0};
	struct kconfig k;

	if (src->kind != SRC_FILE || userfile_read(path, &text, FRAGMENT_MAX))
		return false;
	kconfig_parse_config(src->file.shown, str_text(&text), text.len, b->a, &k);
	for (size_t i = 0; i < k.n; i++)
		map_set(out, k.v[i].name, (void *)k.v[i].value);
	kconfig_free(&k);
	return true;
}

static bool
read_symbols(struct bisect *b, const struct symbols *s, struct map *out)
{
	for (size_t i = 0; i < s->fragments.n; i++)
		if (!take_fragment(b, &s->fragments.v[i], out))
			return false;
	for (size_t i = 0; i < s->n; i++) {
		if (strstr(s->v[i].value, TEXT_LATER))
			return false;
		map_set(out, s->v[i].name, (void *)s->v[i].value);
	}
	return true;
}

/* The value that is bound to this text of a .config. */
static const struct value *
symbol_value(struct bisect *b, const char *text)
{
	struct value *v = arena_new(b->a, struct value);
	char *end;
	long long n;

	if (!text)
		return NULL;
	if (*text && !text[1] && strchr("ymn", *text)) {
		*v = (struct value){.type = V_TRI, .tri = *text};
		return v;
	}
	n = strtoll(text, &end, 10);
	if (*text && !*end && (isdigit((unsigned char)*text) || *text == '-')) {
		*v = (struct value){.type = V_INT, .i = n};
		return v;
	}
	text = kconfig_plain(b->a, text);
	*v = (struct value){.type = V_STRING, .str = {text, strlen(text)}};
	return v;
}

static void
add_symbol(struct bisect *b, struct mix *m, const char *name, const char *x, const char *y)
{
	long change = str_eq(x, y) ? -1 : bisect_add(b, &(struct bisect_change){"symbol", name, m->step, x, y}, 0);

	bisect_item(m, &(struct mix_item){name, symbol_value(b, x), symbol_value(b, y), change});
}

bool
bisect_symbols(struct bisect *b, const struct step *s, const struct step *t, const struct param *p)
{
	const struct symbols *both[2] = {(void *)((char *)s->bound + p->offset),
					 (void *)((char *)t->bound + p->offset)};
	struct map said[2] = {0};
	bool good = read_symbols(b, both[0], &said[0]) && read_symbols(b, both[1], &said[1]), differs = false;
	struct mix *m;

	for (int k = 0; k < 2 && good; k++)
		for (size_t i = 0; i < said[k].n; i++)
			differs |= !str_eq(map_get(&said[0], said[k].v[i].key), map_get(&said[1], said[k].v[i].key));
	if (differs) {
		m = bisect_mix(b, MIX_SYMBOLS, s->name, p->name);
		for (int k = 0; k < 2; k++)
			for (size_t i = 0; i < said[k].n; i++) {
				const char *name = said[k].v[i].key;

				if (!k || !map_has(&said[0], name))
					add_symbol(b, m, name, map_get(&said[0], name), map_get(&said[1], name));
			}
	}
	map_free(&said[0]);
	map_free(&said[1]);
	return good;
}
