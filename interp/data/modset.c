#include "data/modset.h"

#include <string.h>

#include <sys/stat.h>

#include "base/str.h"

#define MAX_MODULE ((size_t)1 << 29)
#define MAX_RATIO_FREE ((size_t)64 << 20) /* so much may come out of any packed file, … */
#define MAX_RATIO 100                     /* … and else so many times its size */

bool
module_file_name(const char *name)
{
	static const char *const ends[] = {".ko", ".ko.gz", ".ko.xz", ".ko.zst"};

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (str_ends(name, ends[i]) && strlen(path_base(name)) > strlen(ends[i]))
			return true;
	return false;
}

static char
folded(char c)
{
	return c == '-' ? '_' : c;
}

bool
module_same_name(const char *a, const char *b)
{
	for (; *a && folded(*a) == folded(*b); a++, b++)
		;
	return !*a && !*b;
}

const char *
module_name_of(struct arena *a, const char *path)
{
	const char *base = path_base(path), *end = strstr(base, ".ko");
	char *name = arena_strndup(a, base, end ? (size_t)(end - base) : strlen(base));

	for (char *p = name; *p; p++)
		*p = folded(*p);
	return name;
}

struct shared_symbol *
modset_symbol(struct modset *s, const char *name, bool borrowed)
{
	struct shared_symbol *y = map_get(&s->symbols, name);

	if (y)
		return y;
	y = arena_new(&s->arena, struct shared_symbol);
	y->name = borrowed ? name : arena_strdup(&s->arena, name);
	y->space = "";
	map_set(&s->symbols, y->name, y);
	return y;
}

/* One module being read: its symbols grow on the heap, and move to the arena at the end. */
struct reading {
	struct modset *set;
	size_t number; /* its place in the set, from 1 */
	struct set_import *in;
	size_t nin, cap_in;
	struct set_export *out;
	size_t nout, cap_out;
};

static struct set_import *
import(struct reading *r, const char *name)
{
	struct shared_symbol *y = modset_symbol(r->set, name, false);

	if (y->user == r->number)
		return &r->in[y->use];
	GROW(r->in, r->nin, r->cap_in);
	y->user = r->number;
	y->use = r->nin;
	r->in[r->nin] = (struct set_import){.symbol = y};
	return &r->in[r->nin++];
}

static struct set_export *export(struct reading *r, const char *name)
{
	struct shared_symbol *y = modset_symbol(r->set, name, false);

	if (y->maker == r->number)
		return &r->out[y->at];
	GROW(r->out, r->nout, r->cap_out);
	y->maker = r->number;
	y->at = r->nout;
	r->out[r->nout] = (struct set_export){.symbol = y, .space = ""};
	return &r->out[r->nout++];
}

static void
on_need(void *ctx, const char *name, bool weak)
{
	struct set_import *i = import(ctx, name);

	i->needed = true;
	i->weak = weak;
}

static void
on_version(void *ctx, const char *name, uint32_t crc)
{
	struct set_import *i = import(ctx, name);

	i->has_crc = true;
	i->crc = crc;
}

static void
on_export(void *ctx, const char *name, bool gpl_only)
{
	struct set_export *e = export(ctx, name);

	e->there = true;
	e->gpl_only = gpl_only;
}

static void
on_export_crc(void *ctx, const char *name, uint32_t crc)
{
	struct set_export *e = export(ctx, name);

	e->has_crc = crc != 0; /* modpost writes 0 where genksyms found none */
	e->crc = crc;
}

static void
on_export_space(void *ctx, const char *name, const char *space)
{
	struct reading *r = ctx;

	export(r, name)->space = arena_strdup(&r->set->arena, space);
}

bool
modset_outranks(const struct set_module *a, const struct set_module *b)
{
	if (a->known != b->known)
		return b->known;
	return strstr(a->shown, "updates/") && !strstr(b->shown, "updates/");
}

/* What a module exports counts, whatever a list says of it: the module is what is loaded. */
static void
take_export(struct modset *s, size_t number, const struct set_export *e)
{
	struct shared_symbol *y = e->symbol;
	const struct set_module *m = &s->v[number - 1], *had = y->exporter ? &s->v[y->exporter - 1] : NULL;
	bool one = y->provider && module_same_name(path_base(y->provider), m->name);

	if (y->provider && !one) {
		y->other = m->name;
		return;
	}
	if (had && !modset_outranks(m, had))
		return;
	y->stale = !had && one && y->has_crc && e->has_crc && y->crc != e->crc;
	if (!one)
		y->provider = m->name;
	y->exporter = number;
	if (e->has_crc || had || !one) { /* a stripped module does not say it, and the list does */
		y->crc = e->crc;
		y->has_crc = e->has_crc;
	}
	y->gpl_only |= e->gpl_only;
	if (*e->space)
		y->space = e->space;
}

void
modset_exports(struct modset *s, size_t number)
{
	const struct set_module *m = &s->v[number - 1];

	for (size_t i = 0; i < m->nexports; i++)
		if (m->exports[i].there)
			take_export(s, number, &m->exports[i]);
}

/* What was read of it are zeros, then. */
static bool
is_torn(const struct modset *s, struct set_module *m)
{
	if (window_torn(&s->window))
		m->damage = "was cut short while it was read";
	return m->damage != NULL;
}

static void
read_symbols(struct modset *s, struct set_module *m, const struct module *file, struct err *err)
{
	struct reading r = {.set = s, .number = s->n};
	const struct module_visitor v = {&r, on_need, on_version, on_export, on_export_crc, on_export_space};

	if (!module_symbols(file, &v, err) && !is_torn(s, m)) {
		m->imports = arena_memdup(&s->arena, r.in, r.nin * sizeof *r.in);
		m->nimports = r.nin;
		m->exports = arena_memdup(&s->arena, r.out, r.nout * sizeof *r.out);
		m->nexports = r.nout;
		modset_exports(s, s->n);
	}
	free(r.in);
	free(r.out);
}

static const char *
imported_spaces(struct arena *a, const struct module *file)
{
	cleanup_str struct str b = {0};

	for (const char *p = NULL; (p = module_info(file, "import_ns", p));)
		str_addf(&b, "%s%s ", b.len ? "" : " ", p);
	return arena_strdup(a, str_text(&b));
}

static void
read_module(struct modset *s, struct set_module *m, const void *p, size_t n)
{
	struct module file;
	struct err err = {0};

	if (!module_open(&file, p, n, &err)) {
		m->name = module_name_of(&s->arena, file.name ? file.name : m->shown);
		m->vermagic = arena_strdup(&s->arena, file.vermagic);
		m->license = arena_strdup(&s->arena, file.license);
		m->depends = arena_strdup(&s->arena, file.depends);
		m->machine = file.elf.machine;
		m->is64 = file.elf.is64;
		m->big = file.elf.big;
		m->is_signed = file.is_signed;
		if (s->keys.n)
			m->signature = modsign_verify(&s->keys, p, n, &s->arena, &m->signer);
		if (s->with_symbols) {
			m->spaces = imported_spaces(&s->arena, &file);
			read_symbols(s, m, &file, &err);
		}
	}
	if (err_any(&err))
		m->damage = arena_strdup(&s->arena, err.head->msg);
	err_free(&err);
}

/* What the decoder says begins with the file's name, which is said anyhow. */
static void
read_packed(struct modset *s, struct set_module *m, const void *p, size_t n)
{
	size_t max = n > MAX_RATIO_FREE / MAX_RATIO ? n * MAX_RATIO : MAX_RATIO_FREE;
	const char *named = arena_printf(&s->arena, "`%s`: ", m->shown), *msg;
	cleanup_str struct str out = {0};
	struct err err = {0};

	if (!decompress(p, n, m->shown, max < MAX_MODULE ? max : MAX_MODULE, &out, &err)) {
		read_module(s, m, str_text(&out), out.len);
	} else {
		msg = err.head->msg;
		m->damage = arena_strdup(&s->arena, msg + (str_starts(msg, named) ? strlen(named) : 0));
	}
	err_free(&err);
}

void
modset_add(struct modset *s, const char *shown, struct place at, const void *p, size_t n)
{
	struct set_module *m;

	GROW(s->v, s->n, s->cap);
	m = &s->v[s->n++];
	*m = (struct set_module){
		.shown = arena_strdup(&s->arena, shown), .at = at, .spaces = "", .known = s->adds_known};
	m->packing = packing_of(p, n);
	if (m->packing == PACK_NONE)
		read_module(s, m, p, n);
	else
		read_packed(s, m, p, n);
}

int
modset_add_fd(struct modset *s, const char *shown, struct place at, int fd, struct err *err)
{
	struct stat st;
	const void *p = NULL;

	if (fstat(fd, &st))
		return err_sys(err, "E0702", "cannot read `%s`", shown);
	if (st.st_size < 0 || (uint64_t)st.st_size > MAX_MODULE)
		return err_set(err, "E0702", "`%s` is too large for a kernel module", shown);
	if (st.st_size) {
		p = window_map(&s->window, fd, (size_t)st.st_size);
		if (!p)
			return err_sys(err, "E0702", "cannot read `%s`", shown);
	}
	modset_add(s, shown, at, p ? p : "", (size_t)st.st_size);
	is_torn(s, &s->v[s->n - 1]);
	return 0;
}

void
modset_free(struct modset *s)
{
	modsign_free(&s->keys);
	window_free(&s->window);
	map_free(&s->symbols);
	free(s->v);
	for (size_t i = 0; i < s->nparts; i++)
		arena_free(&s->parts[i]);
	free(s->parts);
	arena_free(&s->arena);
	*s = (struct modset){0};
}
