#include "data/modset.h"

#include <string.h>

#include <sys/mman.h>
#include <sys/stat.h>

#include "base/str.h"
#include "data/symvers.h"

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

static struct shared_symbol *
symbol(struct modset *s, const char *name)
{
	struct shared_symbol *y = map_get(&s->symbols, name);

	if (y)
		return y;
	y = arena_new(&s->arena, struct shared_symbol);
	y->name = arena_strdup(&s->arena, name);
	y->space = "";
	map_set(&s->symbols, y->name, y);
	return y;
}

/* One module being read: its imports grow on the heap, and move to the arena at the end. */
struct reading {
	struct modset *set;
	struct set_module *m;
	struct set_import *v;
	size_t n, cap;
};

static struct set_import *
import(struct reading *r, const char *name)
{
	struct shared_symbol *y = symbol(r->set, name);

	if (y->user == r->m && y->import < r->n && r->v[y->import].symbol == y)
		return &r->v[y->import];
	GROW(r->v, r->n, r->cap);
	y->user = r->m;
	y->import = r->n;
	r->v[r->n] = (struct set_import){.symbol = y};
	return &r->v[r->n++];
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
on_export(void *ctx, const char *name)
{
	struct reading *r = ctx;
	struct shared_symbol *y = symbol(r->set, name);

	if (!y->provider)
		y->provider = r->m->name;
}

/* Module.symvers knows better; of two modules that export one symbol the first counts. */
static void
on_export_crc(void *ctx, const char *name, uint32_t crc)
{
	struct reading *r = ctx;
	struct shared_symbol *y = symbol(r->set, name);

	if (y->has_crc)
		return;
	y->has_crc = true;
	y->crc = crc;
}

static void
read_symbols(struct modset *s, struct set_module *m, const struct module *file, struct err *err)
{
	struct reading r = {.set = s, .m = m};
	const struct module_visitor v = {&r, on_need, on_version, on_export, on_export_crc};

	if (!module_symbols(file, &v, err)) {
		m->imports = arena_memdup(&s->arena, r.v, r.n * sizeof *r.v);
		m->nimports = r.n;
	}
	free(r.v);
}

/* The name by which the kernel knows it: that of the file where the module tells none. */
static const char *
kernel_name(struct arena *a, const char *said, const char *shown)
{
	const char *base = path_base(shown), *dot = strstr(base, ".ko");
	char *name = said ? arena_strdup(a, said) : arena_strndup(a, base, dot ? (size_t)(dot - base) : strlen(base));

	for (char *p = name; *p; p++)
		if (*p == '-')
			*p = '_';
	return name;
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
		m->name = kernel_name(&s->arena, file.name, m->shown);
		m->vermagic = arena_strdup(&s->arena, file.vermagic);
		m->license = arena_strdup(&s->arena, file.license);
		m->depends = arena_strdup(&s->arena, file.depends);
		m->machine = file.elf.machine;
		m->is64 = file.elf.is64;
		m->big = file.elf.big;
		m->is_signed = file.is_signed;
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
	*m = (struct set_module){.shown = arena_strdup(&s->arena, shown), .at = at, .spaces = ""};
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
	void *p = NULL;

	if (fstat(fd, &st))
		return err_sys(err, "E0702", "cannot read `%s`", shown);
	if (st.st_size < 0 || (uint64_t)st.st_size > MAX_MODULE)
		return err_set(err, "E0702", "`%s` is too large for a kernel module", shown);
	if (st.st_size) {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p == MAP_FAILED)
			return err_sys(err, "E0702", "cannot read `%s`", shown);
	}
	modset_add(s, shown, at, p ? p : "", (size_t)st.st_size);
	if (p)
		munmap(p, (size_t)st.st_size);
	return 0;
}

static void
on_line(void *ctx, const struct symvers_line *l)
{
	struct modset *s = ctx;
	struct shared_symbol *y = symbol(s, l->name);

	y->provider = arena_strdup(&s->arena, l->provider);
	y->space = *l->space ? arena_strdup(&s->arena, l->space) : "";
	y->gpl_only = l->gpl_only;
	y->has_crc = true;
	y->crc = l->crc;
}

int
modset_symvers(struct modset *s, const char *shown, const char *text, size_t n, struct err *err)
{
	if (symvers_parse(text, n, shown, on_line, s, err))
		return -1;
	s->has_symvers = true;
	return 0;
}

void
modset_free(struct modset *s)
{
	map_free(&s->symbols);
	free(s->v);
	arena_free(&s->arena);
	*s = (struct modset){0};
}
