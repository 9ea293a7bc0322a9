/* What a plan rests on outside the store's records: found again in what was bound, and looked at again. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/kept_own.h"
#include "data/glob.h"
#include "data/staged.h"
#include "model/files.h"
#include "model/statcache.h"
#include "os/fs.h"

struct hash
kept_lock(const struct lock *lock)
{
	cleanup_str struct str b = {0};
	struct map sorted = {0};

	for (size_t i = 0; i < lock->pins.n; i++)
		map_set(&sorted, lock->pins.v[i].key, lock->pins.v[i].value);
	map_sort(&sorted);
	for (size_t i = 0; i < sorted.n; i++)
		if (sorted.v[i].value)
			str_addf(&b, "%s\n%s\n", sorted.v[i].key, (const char *)sorted.v[i].value);
	map_free(&sorted);
	return hash_of(str_text(&b), b.len);
}

/* -- what is found ---------------------------------------------------------------------------------------------- */
/* The names in a folder that match the pattern at the end of `file`; `st` is the folder's. */
static bool
find_names(const struct file_ref *file, struct hash *out, struct stat *st, bool *trusted)
{
	cleanup_free char *rel = xstrndup(file->rel, (size_t)(path_base(file->rel) - file->rel));
	const struct file_ref folder = {.root = file->root, .rel = rel, .shown = rel};
	cleanup_str struct str b = {0};
	struct err unsaid = {0};
	cleanup_fd int fd = -1;
	char **names;
	bool tells;
	size_t n;

	if (*rel)
		rel[strlen(rel) - 1] = '\0';
	fd = files_open(&folder, &unsaid);
	err_free(&unsaid);
	if (fd < 0 || fstat(fd, st) || fs_names(fd, &names, &n))
		return false;
	*trusted = statcache_trusts(fd, &tells) && tells;
	for (size_t i = 0; i < n; i++)
		if (glob_match(path_base(file->rel), names[i]))
			str_addn(&b, names[i], strlen(names[i]) + 1);
	fs_names_free(names, n);
	*out = hash_of(str_text(&b), b.len);
	return true;
}

static int
find_staged(const struct file_ref *file, struct str *path)
{
	struct err unsaid = {0};
	int r = staged_find(file, path, &unsaid);

	err_free(&unsaid);
	return r < 0 ? 2 : r;
}

/* As a plan looks for it: 0 not there, 1 there, 2 several, which are none. */
static int
find_place(struct session *s, const struct file_ref *file, bool folder, struct file_ref *out)
{
	struct err unsaid = {0};
	int r = staged_find_real(file, folder, &s->arena, out, &unsaid);

	err_free(&unsaid);
	return r < 0 ? 2 : r;
}

static bool
find_text(struct session *s, const struct hash *tree, const char *path, struct hash *out)
{
	cleanup_str struct str text = {0};
	struct err unsaid = {0};
	int r = s->env.text(s, tree, path, &text, &unsaid);

	err_free(&unsaid);
	if (!r)
		*out = hash_of(str_text(&text), text.len);
	return !r;
}

/* 1 a folder, 0 anything else that can be opened, -1 not that. */
static int
find_folder(const struct file_ref *file)
{
	struct err unsaid = {0};
	cleanup_fd int fd = files_open(file, &unsaid);
	struct stat st;

	err_free(&unsaid);
	return fd < 0 || fstat(fd, &st) ? -1 : !!S_ISDIR(st.st_mode);
}

static bool
find_content(struct session *s, const struct file_ref *file, struct file_content *out)
{
	struct err unsaid = {0};
	int r = s->env.file(s, file, out, &unsaid);

	err_free(&unsaid);
	return !r;
}

static bool
find_staged_content(struct session *s, const struct file_ref *file, struct hash *out)
{
	struct file_content c;
	struct file_ref real;

	if (find_place(s, file, false, &real) != 1 || !find_content(s, &real, &c))
		return false;
	*out = c.hash;
	return true;
}

/* -- looking again ---------------------------------------------------------------------------------------------- */
static bool
is_staged_as_before(struct session *s, const struct kept_look *l, const struct file_ref *f, const char *shown)
{
	cleanup_str struct str path = {0};
	struct hash h;

	if ((uint32_t)find_staged(f, &path) != l->flag || strcmp(str_text(&path), shown ? shown : ""))
		return false;
	return !l->pinned || l->flag != 1 || (find_staged_content(s, f, &h) && !hash_cmp(&h, &l->hash));
}

static bool
is_placed_as_before(struct session *s, const struct kept_look *l, const struct file_ref *f, const char *shown)
{
	struct file_ref real;

	if ((uint32_t)find_place(s, f, true, &real) != l->flag)
		return false;
	return l->flag != 1 || !strcmp(arena_printf(&s->arena, "%s/%s", real.root, real.rel), shown ? shown : "");
}

bool
kept_look_holds(struct session *s, const struct kept_look *l, const char *root, const char *rel, const char *shown)
{
	const struct file_ref f = {.root = root, .rel = rel, .shown = rel};
	struct file_content c;
	struct stat st;
	bool trusted;

	switch (l->kind) {
	case LOOK_FILE: return find_content(s, &f, &c) && c.executable == !!l->flag && !hash_cmp(&c.hash, &l->hash);
	case LOOK_OPEN: return find_folder(&f) > 0;
	case LOOK_GLOB: return find_names(&f, &c.hash, &st, &trusted) && !hash_cmp(&c.hash, &l->hash);
	case LOOK_STAGED: return is_staged_as_before(s, l, &f, shown);
	case LOOK_PLACE: return is_placed_as_before(s, l, &f, shown);
	case LOOK_RESULT: return find_text(s, &l->tree, rel, &c.hash) && !hash_cmp(&c.hash, &l->hash);
	default: return false;
	}
}

/* -- collecting ------------------------------------------------------------------------------------------------- */
/* True when the look is new: `tree` only where it counts. */
static bool
is_new(struct keeping *k, enum look_kind kind, const struct hash *tree, const char *root, const char *rel)
{
	char hex[HASH_HEX] = "";
	const char *key;

	if (tree)
		hash_hex(tree, hex);
	key = arena_printf(&k->s->arena, "%d %s %s//%s", (int)kind, hex, root, rel);
	return !map_set(&k->looked, key, k);
}

static struct kept_look
look(struct keeping *k, enum look_kind kind, const char *root, const char *rel)
{
	return (struct kept_look){
		.kind = kind, .root = kept_string(k, root), .rel = kept_string(k, rel), .shown = KEPT_NONE};
}

static bool
put(struct keeping *k, const struct kept_look *l)
{
	str_addn(&k->parts[PART_LOOKS], l, sizeof *l);
	return true;
}

static bool
add_file(struct keeping *k, const struct file_ref *f, bool wanted)
{
	struct kept_look l = look(k, LOOK_FILE, f->root, f->rel);
	struct file_content c;

	/* a folder may be large: one that nobody takes in is only there */
	if (!wanted && find_folder(f) > 0) {
		l.kind = LOOK_OPEN;
		return !is_new(k, LOOK_OPEN, NULL, f->root, f->rel) || put(k, &l);
	}
	if (!is_new(k, LOOK_FILE, NULL, f->root, f->rel))
		return true;
	if (!find_content(k->s, f, &c))
		return false;
	l.hash = c.hash;
	l.flag = c.executable;
	return put(k, &l);
}

/* What was bound is what the folder held then: it holds that still when it did not change since. */
static bool
add_glob(struct keeping *k, const struct file_ref *f)
{
	struct kept_look l = look(k, LOOK_GLOB, f->root, f->rel);
	bool trusted = false;
	struct stat st;

	if (!is_new(k, LOOK_GLOB, NULL, f->root, f->rel))
		return true;
	if (!find_names(f, &l.hash, &st, &trusted) || !trusted ||
	    scan_mark_of(&st).ctime >= k->s->kept->since - STATCACHE_SETTLED)
		return false;
	return put(k, &l);
}

/* What is found must be what the plan was made of. */
static bool
add_staged(struct keeping *k, const struct plan_step *ps, const struct file_ref *f)
{
	struct kept_look l = look(k, LOOK_STAGED, f->root, f->rel);
	cleanup_str struct str path = {0};
	char hex[HASH_HEX];

	l.flag = (uint32_t)find_staged(f, &path);
	l.shown = path.len ? kept_string(k, path.s) : KEPT_NONE;
	l.pinned = !!ps->pin;
	if (!ps->lacks != !!l.flag)
		return false;
	if (l.pinned && l.flag == 1 &&
	    (!find_staged_content(k->s, f, &l.hash) ||
	     strcmp(ps->pin + strcspn(ps->pin, ":") + 1, hash_hex(&l.hash, hex))))
		return false;
	return put(k, &l);
}

/* The folder as the recipe names it is looked for again; what is there is the one that was bound. One that is there and
 * does not count, for what it lacks, is not told. */
static bool
add_place(struct keeping *k, const struct plan_step *ps, const struct param *p, const struct file_ref *bound)
{
	const struct value *v = value_field(&ps->step->params, p->name);
	const struct file_ref *f = v && v->type == V_FILE ? &v->file : bound;
	struct kept_look l = look(k, LOOK_PLACE, f->root, f->rel);
	struct file_ref real;

	l.flag = (uint32_t)find_place(k->s, f, true, &real);
	if (!ps->lacks != !!l.flag || l.flag > 1)
		return false;
	if (!l.flag)
		return put(k, &l);
	l.shown = kept_string(k, arena_printf(&k->s->arena, "%s/%s", real.root, real.rel));
	return !strcmp(real.root, bound->root) && !strcmp(real.rel, bound->rel) && put(k, &l) &&
	       add_file(k, bound, true);
}

struct step_looks {
	struct keeping *k;
	const struct step *step;
	const struct plan_step *ps; /* NULL: not wanted */
	bool good;
};

static int
add_source(void *ctx, const struct param *p, struct source *src)
{
	struct step_looks *l = ctx;

	if (src->kind != SRC_FILE)
		return 0;
	if (!l->step->prim->absent)
		l->good = l->good && add_file(l->k, &src->file, l->ps);
	else if (l->ps && p->type == P_FILE) /* of others nobody asks whether it is staged */
		l->good = l->good && add_staged(l->k, l->ps, &src->file);
	else if (l->ps)
		l->good = l->good && add_place(l->k, l->ps, p, &src->file);
	return 0;
}

static int
add_value(void *ctx, const struct value *v)
{
	struct step_looks *l = ctx;
	struct plan_step *in;
	struct kept_look look_at;

	if (v->type == V_FILE && glob_is(path_base(v->file.rel)))
		l->good = l->good && add_glob(l->k, &v->file);
	if (v->type != V_TEXT || !l->ps || !l->good)
		return 0;
	in = &l->k->s->plan.v[v->ref.step];
	if (in->state != PLAN_CACHED || !is_new(l->k, LOOK_RESULT, &in->result.tree, "", v->ref.path))
		return 0;
	look_at = look(l->k, LOOK_RESULT, "", v->ref.path);
	look_at.tree = in->result.tree;
	l->good = find_text(l->k->s, &look_at.tree, v->ref.path, &look_at.hash) && put(l->k, &look_at);
	return 0;
}

static bool
add_step(struct keeping *k, size_t i)
{
	const struct step *step = &k->s->recipe->steps[i];
	const struct plan_step *ps = &k->s->plan.v[i];
	struct step_looks l = {k, step, ps->step ? ps : NULL, true};

	schema_sources(step->prim->params, step->bound, add_source, &l);
	if (l.ps && ps->bound && ps->bound != step->bound)
		schema_sources(step->prim->params, ps->bound, add_source, &l);
	value_walk(&step->params, add_value, &l);
	return l.good;
}

bool
kept_add_looks(struct keeping *k)
{
	const struct recipe *r = k->s->recipe;

	for (size_t i = 0; i < r->ntexts; i++) {
		const struct recipe_text *t = &r->texts[i];
		struct kept_look l = look(k, LOOK_TEXT, t->root, t->rel);

		l.flag = t->data;
		l.shown = t->shown ? kept_string(k, t->shown) : KEPT_NONE;
		l.hash = t->hash;
		put(k, &l);
	}
	for (size_t i = 0; i < r->nsteps; i++)
		if (!add_step(k, i))
			return false;
	return true;
}
