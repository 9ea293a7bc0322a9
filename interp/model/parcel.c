#include "model/parcel.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "data/bound.h"
#include "model/capabilities.h"

#define MAGIC "jkr parcel 1\n"
#define CODE "E0330"

/* The fewest bytes of an input and of a file. */
enum { INPUT_BYTES = 80, FILE_BYTES = 50, WORD_BYTES = 4, ROOTS = 64 };

/* -- what travels ------------------------------------------------------------------------------------- */
static int
find_folder(void *ctx, const struct param *p, struct source *src)
{
	cleanup_free char *path = NULL;
	struct stat st;

	if (src->kind != SRC_FILE)
		return 0;
	path = xasprintf("%s/%s", src->file.root, src->file.rel);
	if (src->file.checkout || p->flags & P_NOKEY || stat(path, &st) || !S_ISREG(st.st_mode)) {
		*(const char **)ctx = src->file.shown;
		return 1;
	}
	return 0;
}

const char *
parcel_refusal(struct plan *p, uint32_t step)
{
	const struct plan_step *ps = &p->v[step];
	const struct prim *prim = ps->step->prim;
	const char *folder = NULL;

	if (prim->flags & (PRIM_NETWORK | PRIM_IMPURE))
		return "it takes something from outside";
	if (prim->flags & PRIM_LINEAGE)
		return "it tells of its recipe";
	if (ps->dirty || ps->step->edited)
		return "it rests on an edited folder";
	if (ps->idle)
		return "it has nothing to do";
	if (prim->expand)
		return "its parameters are read from files";
	if (ps->step->common.on.kind == SRC_FILE)
		folder = ps->step->common.on.file.shown;
	if (!folder)
		schema_sources(prim->params, ps->bound, find_folder, &folder);
	return folder ? arena_printf(&p->arena, "it takes in the folder `%s`", folder) : NULL;
}

/* -- writing ------------------------------------------------------------------------------------------ */
struct writing {
	const struct plan *plan;
	const struct plan_env *env;
	const struct step *step;
	const char *roots[ROOTS];
	uint32_t nroots;
	struct map files; /* those that are told */
	struct str told;
	uint32_t ntold;
	struct str *out;
	struct err *err;
};

static uint32_t
number_step(void *ctx, uint32_t step)
{
	const struct writing *w = ctx;
	uint32_t i = 0;

	while (i < w->step->ninputs && w->step->inputs[i] != step)
		i++;
	return i;
}

static uint32_t
number_root(void *ctx, const char *root)
{
	struct writing *w = ctx;
	uint32_t i = 0;

	while (i < w->nroots && strcmp(w->roots[i], root))
		i++;
	if (i == w->nroots && w->nroots < ROOTS)
		w->roots[w->nroots++] = root;
	return i;
}

static int
tell_file(void *ctx, const struct param *p, struct source *src)
{
	struct writing *w = ctx;
	cleanup_free char *path = NULL;
	struct file_content c;
	struct stat st;

	(void)p;
	if (src->kind != SRC_FILE)
		return 0;
	path = xasprintf("%s/%s", src->file.root, src->file.rel);
	if (map_has(&w->files, path))
		return 0;
	if (w->env->file(w->env->ctx, &src->file, &c, w->err))
		return -1;
	if (stat(path, &st))
		return err_sys(w->err, "E0304", "`%s` changed during the run", src->file.shown);
	pack_u32(&w->told, number_root(w, src->file.root));
	pack_text(&w->told, src->file.rel);
	pack_text(&w->told, src->file.shown);
	pack_bytes(&w->told, c.hash.b, sizeof c.hash.b);
	pack_u8(&w->told, c.executable);
	pack_u64(&w->told, (uint64_t)st.st_size);
	w->ntold++;
	map_set(&w->files, xstrdup(path), w);
	return 0;
}

static void
pack_inputs(struct writing *w)
{
	pack_u32(w->out, (uint32_t)w->step->ninputs);
	for (size_t i = 0; i < w->step->ninputs; i++) {
		const struct plan_step *in = &w->plan->v[w->step->inputs[i]];

		pack_text(w->out, in->step->name);
		pack_text(w->out, in->step->prim->name);
		pack_bytes(w->out, in->key.b, sizeof in->key.b);
		pack_bytes(w->out, in->result.tree.b, sizeof in->result.tree.b);
		pack_u64(w->out, (uint64_t)in->result.epoch);
		pack_u8(w->out, in->state == PLAN_CACHED);
	}
}

static void
pack_allowed(const struct step *s, struct str *out)
{
	for (size_t i = 0; i < ARRAY_LEN(s->may); i++) {
		const struct capabilities *may = i && !s->may[0] ? NULL : s->may[i];

		pack_u8(out, may != NULL);
		if (!may)
			continue;
		pack_text(out, may->who);
		pack_text(out, may->file);
		pack_u8(out, may->stated);
		pack_u32(out, (uint32_t)may->paths.n);
		for (size_t k = 0; k < may->paths.n; k++)
			pack_text(out, may->paths.v[k]);
	}
}

static void
pack_step(struct writing *w, const struct plan_step *ps)
{
	const struct bound_numbers numbers = {w, number_step, number_root};
	const struct step *s = ps->step;
	struct str *out = w->out;

	pack_text(out, s->name);
	pack_text(out, s->prim->name);
	pack_u32(out, s->prim->version);
	pack_allowed(s, out);
	bound_pack(step_params, &s->common, &numbers, out);
	bound_pack(s->prim->params, ps->bound, &numbers, out);
	pack_text(out, ps->pin);
	pack_u64(out, (uint64_t)ps->epoch);
}

static void
pack_head(struct writing *w, const struct plan_step *ps, const struct parcel_wish *wish)
{
	pack_bytes(w->out, MAGIC, strlen(MAGIC));
	pack_text(w->out, JKR_VERSION);
	pack_text(w->out, w->plan->recipe->name);
	pack_text(w->out, w->plan->recipe->path);
	pack_text(w->out, wish->again);
	pack_u32(w->out, wish->cpus);
	pack_u64(w->out, wish->attempt);
	pack_u8(w->out, wish->host);
	pack_u32(w->out, wish->verbose);
	pack_bytes(w->out, ps->key.b, sizeof ps->key.b);
}

int
parcel_write(const struct plan *p, uint32_t step, const struct plan_env *env, const struct parcel_wish *wish,
	     struct str *out, struct err *err)
{
	const struct plan_step *ps = &p->v[step];
	struct writing w = {.plan = p, .env = env, .step = ps->step, .out = out, .err = err};
	int r = schema_sources(ps->step->prim->params, ps->bound, tell_file, &w);

	pack_head(&w, ps, wish);
	pack_u32(out, w.nroots);
	pack_inputs(&w);
	pack_u32(out, w.ntold);
	pack_bytes(out, str_text(&w.told), w.told.len);
	pack_step(&w, ps);
	for (size_t i = 0; i < w.files.n; i++)
		free((char *)w.files.v[i].key);
	map_free(&w.files);
	str_free(&w.told);
	return r;
}

/* -- reading ------------------------------------------------------------------------------------------ */
static const struct prim *
unpack_prim(struct packed *in)
{
	const struct prim *prim = prim_find(unpack_word(in));

	in->bad |= !prim;
	return prim;
}

static void
unpack_inputs(struct packed *in, struct parcel *out)
{
	struct recipe *r = &out->recipe;

	r->nsteps = unpack_count(in, INPUT_BYTES);
	r->steps = arena_array(in->a, struct step, r->nsteps + 1);
	out->plan.v = arena_array(in->a, struct plan_step, r->nsteps + 1);
	out->plan.order = arena_array(in->a, uint32_t, r->nsteps + 1);
	for (size_t i = 0; i < r->nsteps && !in->bad; i++) {
		struct plan_step *ps = &out->plan.v[i];
		struct step *s = &r->steps[i];

		s->name = unpack_word(in);
		s->prim = unpack_prim(in);
		ps->step = s;
		unpack_bytes(in, ps->key.b, sizeof ps->key.b);
		ps->has_key = true;
		unpack_bytes(in, ps->result.tree.b, sizeof ps->result.tree.b);
		ps->result.epoch = (int64_t)unpack_u64(in);
		ps->state = unpack_u8(in) ? PLAN_CACHED : PLAN_SKIPPED;
		ps->reason = "";
		out->plan.order[i] = (uint32_t)i;
	}
}

static void
unpack_files(struct packed *in, struct parcel *out)
{
	out->nfiles = unpack_count(in, FILE_BYTES);
	out->files = arena_array(in->a, struct parcel_file, out->nfiles + 1);
	for (size_t i = 0; i < out->nfiles && !in->bad; i++) {
		struct parcel_file *f = &out->files[i];
		uint32_t root = unpack_u32(in);
		char *rel = arena_strdup(in->a, unpack_word(in));

		in->bad |= root >= out->nroots || path_clean(rel) || !*rel;
		f->file = (struct file_ref){.root = in->bad ? "/" : out->roots[root], .rel = rel};
		f->file.shown = unpack_word(in);
		unpack_bytes(in, f->content.hash.b, sizeof f->content.hash.b);
		f->content.executable = unpack_u8(in) != 0;
		f->size = unpack_u64(in);
	}
}

static void
unpack_allowed(struct packed *in, struct step *s)
{
	for (size_t i = 0; i < ARRAY_LEN(s->may); i++) {
		struct capabilities *may;

		if (!unpack_u8(in))
			continue;
		may = arena_new(in->a, struct capabilities);
		may->who = unpack_word(in);
		may->file = unpack_word(in);
		may->stated = unpack_u8(in) != 0;
		may->paths.n = unpack_count(in, WORD_BYTES);
		may->paths.v = arena_array(in->a, const char *, may->paths.n + 1);
		for (size_t k = 0; k < may->paths.n; k++)
			may->paths.v[k] = unpack_word(in);
		s->may[i] = may;
	}
}

static void
unpack_step(struct packed *in, struct parcel *out)
{
	struct recipe *r = &out->recipe;
	const uint32_t number = (uint32_t)r->nsteps++;
	const struct bound_names names = {number, (uint32_t)out->nroots, out->roots};
	struct plan_step *ps = &out->plan.v[number];
	struct step *s = &r->steps[number];

	s->name = unpack_word(in);
	s->prim = unpack_prim(in);
	if (in->bad || unpack_u32(in) != s->prim->version) {
		in->bad = true;
		return;
	}
	unpack_allowed(in, s);
	bound_unpack(in, step_params, &names, &s->common);
	s->bound = ps->bound = arena_alloc(in->a, s->prim->size ? s->prim->size : 1);
	bound_unpack(in, s->prim->params, &names, ps->bound);
	ps->pin = unpack_text(in);
	ps->epoch = (int64_t)unpack_u64(in);
	s->params.type = V_TABLE;
	s->ninputs = number;
	s->inputs = arena_array(in->a, uint32_t, number + 1);
	for (uint32_t i = 0; i < number; i++)
		s->inputs[i] = i;
	ps->step = s;
	ps->state = PLAN_RUN;
	ps->reason = "";
	ps->last_seconds = -1;
	out->plan.order[number] = number;
	out->plan.n = r->nsteps;
	out->plan.recipe = r;
}

/* -1: another jkr wrote it. */
static int
unpack_head(struct packed *in, struct parcel *out, struct err *err)
{
	struct recipe *r = &out->recipe;
	char magic[sizeof MAGIC] = "";
	const char *version;

	unpack_bytes(in, magic, strlen(MAGIC));
	in->bad |= strcmp(magic, MAGIC) != 0;
	version = unpack_word(in);
	if (!in->bad && strcmp(version, JKR_VERSION)) {
		err_set(err, CODE, "the step comes from jkr %s, and this is jkr %s", version, JKR_VERSION);
		return err_help(err, "install the same jkr on both machines");
	}
	r->name = unpack_word(in);
	r->path = unpack_word(in);
	r->root = r->version = "";
	out->wish.again = unpack_text(in);
	out->wish.cpus = unpack_u32(in);
	out->wish.attempt = unpack_u64(in);
	out->wish.host = unpack_u8(in) != 0;
	out->wish.verbose = unpack_u32(in);
	unpack_bytes(in, out->key.b, sizeof out->key.b);
	return 0;
}

int
parcel_read(const void *bytes, size_t n, const char *folder, struct parcel *out, struct err *err)
{
	struct packed in = {bytes, (const unsigned char *)bytes + n, NULL, false};

	memset(out, 0, sizeof *out);
	in.a = &out->recipe.arena;
	if (unpack_head(&in, out, err))
		return -1;
	out->nroots = unpack_u32(&in);
	in.bad |= out->nroots > ROOTS;
	out->nroots = in.bad ? 0 : out->nroots;
	out->roots = arena_array(in.a, const char *, out->nroots + 1);
	for (size_t i = 0; i < out->nroots; i++)
		out->roots[i] = arena_printf(in.a, "%s/%zu", folder, i);
	unpack_inputs(&in, out);
	unpack_files(&in, out);
	if (!in.bad)
		unpack_step(&in, out);
	if (!in.bad && in.p == in.end)
		return 0;
	return err_set(err, CODE, "what was sent to be run is no step");
}

void
parcel_free(struct parcel *p)
{
	plan_free(&p->plan);
	recipe_free(&p->recipe);
}

struct hash
parcel_failure(const struct hash *key, uint64_t attempt)
{
	char hex[HASH_HEX];
	cleanup_free char *text = xasprintf("jkr failure 1\n%s %" PRIu64 "\n", hash_hex(key, hex), attempt);

	return hash_of(text, strlen(text));
}
