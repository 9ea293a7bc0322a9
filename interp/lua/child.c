/* The child's side of a load: the walls around it, its requests, and what it hands up. */
#include "lua/child.h"
#include "lua/encode.h"
#include "lua/env.h"
#include "lua/fault.h"
#include "lua/parent.h"
#include "lua/shape.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "model/prim.h"

#if defined(__SANITIZE_ADDRESS__)
#define WALLS 0 /* the sanitizer's own calls would be refused */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WALLS 0
#endif
#endif
#ifndef WALLS
#define WALLS 1
#endif

enum { CHILD_FD = 3, EXIT_WALLS = 9 };

/* -- the socket -------------------------------------------------------------------------------------- */
static int
put(int fd, const void *p, size_t n)
{
	const char *s = p;

	while (n) {
		ssize_t k = write(fd, s, n);

		if (k <= 0 && (!k || errno != EINTR))
			return -1;
		s += k > 0 ? k : 0;
		n -= k > 0 ? (size_t)k : 0;
	}
	return 0;
}

static int
get(int fd, void *p, size_t n)
{
	char *s = p;

	while (n) {
		ssize_t k = read(fd, s, n);

		if (k <= 0 && (!k || errno != EINTR))
			return -1;
		s += k > 0 ? k : 0;
		n -= k > 0 ? (size_t)k : 0;
	}
	return 0;
}

int
child_send(struct child *c, uint32_t kind, uint32_t unit, const void *p, size_t n)
{
	struct wire_head h = {kind, unit, (uint32_t)n};

	return put(c->fd, &h, sizeof h) || put(c->fd, p, n) ? -1 : 0;
}

static void
read_unit(struct unit *u, struct reader *r)
{
	u->kind = (enum unit_kind)read_u32(r);
	u->root = read_str(r, NULL);
	u->dir = read_str(r, NULL);
	u->shown = read_str(r, NULL);
	u->prefix = read_str(r, NULL);
	u->cut = read_str(r, NULL);
	u->text = read_str(r, &u->len);
	if (r->bad || !u->root || !u->dir || !u->shown || !u->prefix || !u->cut || !u->text)
		_exit(EXIT_WALLS);
}

/* The files that the parent read since its last answer. */
static void
read_units(struct child *c, struct reader *r)
{
	uint32_t total = read_u32(r), n = read_u32(r);

	if (r->bad || total > WIRE_UNITS || c->units.n + n != total)
		_exit(EXIT_WALLS);
	for (; n; n--)
		read_unit(&c->unit[c->units.n++], r);
}

/* Asks and gives the answer's kind; `r` reads what follows. The parent gone is the end. */
static unsigned
ask(lua_State *L, enum request_kind kind, const char *name, uint32_t unit, struct reader *r)
{
	struct child *c = child_of(L);
	uint32_t len;
	char *buf;

	if (child_send(c, kind, unit, name, strlen(name)) || get(c->fd, &len, sizeof len) || len > WIRE_MAX)
		_exit(EXIT_WALLS);
	buf = arena_alloc(&c->arena, (size_t)len + 1);
	if (get(c->fd, buf, len))
		_exit(EXIT_WALLS);
	*r = (struct reader){
		.p = (unsigned char *)buf, .end = (unsigned char *)buf + len, .a = &c->arena, .units = &c->units};
	read_units(c, r);
	return read_u8(r);
}

static void
read_names(struct reader *r, const char *const **names, size_t *n)
{
	uint32_t count = read_u32(r);
	const char **v = arena_array(r->a, const char *, (size_t)(count < 256 ? count : 256) + 1);

	for (*n = 0; *n < count && *n < 256 && !r->bad; ++*n)
		if (!(v[*n] = read_str(r, NULL)))
			break;
	*names = v;
}

static void
raise_answer(lua_State *L, struct reader *r, const struct origin *at)
{
	struct child *c = child_of(L);

	err_free(&c->raised);
	read_errors(r, &c->raised);
	err_at_all(&c->raised, origin_place(c, at));
	fault_raise(L);
}

uint32_t
ask_unit(lua_State *L, enum request_kind kind, const char *name, const struct origin *at, bool *known,
	 const char *const **names, size_t *nnames)
{
	struct reader r;

	*known = false;
	switch (ask(L, kind, name, at->unit, &r)) {
	case ANSWER_KNOWN: *known = true; return read_u32(&r);
	case ANSWER_UNIT: return read_u32(&r);
	case ANSWER_ABSENT: read_names(&r, names, nnames); return WIRE_NONE;
	default: raise_answer(L, &r, at); return WIRE_NONE;
	}
}

const char *
ask_value(lua_State *L, enum request_kind kind, const char *name, const struct origin *at, size_t *len,
	  const char *const **names, size_t *nnames)
{
	struct reader r;

	switch (ask(L, kind, name, at->unit, &r)) {
	case ANSWER_VALUE: *len = (size_t)(r.end - r.p); return (const char *)r.p;
	case ANSWER_ABSENT: read_names(&r, names, nnames); return NULL;
	default: raise_answer(L, &r, at); return NULL;
	}
}

/* -- walls -------------------------------------------------------------------------------------------- */
/* Pages in use now: what a parent had mapped is not the recipe's. */
static size_t
mapped_now(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f && fscanf(f, "%lu", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return pages ? pages * (size_t)sysconf(_SC_PAGESIZE) : (size_t)1 << 30;
}

static int
limit(int what, rlim_t n)
{
	struct rlimit r = {n, n};

	return setrlimit((__rlimit_resource_t)what, &r);
}

static int
walls(const struct child *c, unsigned seconds)
{
	static const int calls[] = {
		SCMP_SYS(brk),  SCMP_SYS(mmap),  SCMP_SYS(munmap),     SCMP_SYS(mremap),        SCMP_SYS(madvise),
		SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(exit_group), SCMP_SYS(clock_gettime), SCMP_SYS(futex),
	};
	scmp_filter_ctx s;
	int r;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || limit(RLIMIT_CORE, 0))
		return -1;
	if (!WALLS)
		return 0;
	if (limit(RLIMIT_AS, mapped_now() + 2 * c->memory_max + (64u << 20)) || limit(RLIMIT_CPU, seconds + 2) ||
	    limit(RLIMIT_FSIZE, 0) || limit(RLIMIT_NOFILE, 0) || limit(RLIMIT_STACK, 8u << 20))
		return -1;
	s = seccomp_init(SCMP_ACT_KILL_PROCESS);
	r = s ? 0 : -1;
	for (size_t i = 0; s && !r && i < ARRAY_LEN(calls); i++)
		r = seccomp_rule_add(s, SCMP_ACT_ALLOW, calls[i], 0);
	return r || seccomp_load(s) ? -1 : 0;
}

/* -- the load ------------------------------------------------------------------------------------------ */
static void *
alloc(void *ud, void *p, size_t old, size_t n)
{
	struct child *c = ud;

	if (!p)
		old = 0;
	if (!n) {
		free(p);
		c->memory -= old;
		return NULL;
	}
	if (n > old && c->memory + (n - old) > c->memory_max)
		return NULL;
	p = realloc(p, n);
	if (p)
		c->memory += n - old;
	return p;
}

static void
hook(lua_State *L, lua_Debug *ar)
{
	struct child *c = child_of(L);

	(void)ar;
	c->last = caller(L);
	c->count += COUNT_STEP;
	if (c->count > COUNT_MAX)
		c->limit = LIMIT_COUNT;
	if (c->limit)
		luaL_error(L, "limit");
}

static int
run_recipe(lua_State *L)
{
	struct child *c = child_of(L);
	struct origin at = {0, 1, ""};
	struct encode e = {.what = "the returned value", .at = {0, 0, NULL}};

	env_open(L);
	env_run(L, 0);
	if (c->rq->plugins && c->rq->plugins[0] && !c->plugins_placed) {
		fault_make(L, "E0018", &at, "the recipe takes no plugins, so `--plugin` has no place in it");
		err_help(&c->raised, "write `local p = plugins { }` and put `p.post_extract` into a tree");
		return fault_raise(L);
	}
	shapes_check(L);
	options_check(L);
	if (!lua_isnil(L, -1)) {
		c->result_at = c->pool.len;
		encode_value(L, -1, &e);
		c->result = true;
	}
	steps_finish(c);
	return 0;
}

static int
run_define(lua_State *L)
{
	env_open(L);
	child_of(L)->scope.plugin = true;
	env_run(L, 0);
	return 0;
}

static void
put_step(struct child *c, const struct draft *d, struct str *b)
{
	struct place at = origin_place(c, &d->at);
	bool wanted = d->name && (!d->lazy || d->used);

	wire_u8(b, wanted);
	if (!wanted)
		return;
	wire_str(b, d->name);
	wire_str(b, d->prim->name);
	wire_place(b, &at, &c->units);
	wire_u32(b, d->fields.unit);
	wire_u32(b, d->fields.line);
	wire_str(b, d->fields.key);
	wire_u32(b, d->on);
	wire_str(b, d->on_path);
	str_addn(b, c->pool.s + d->off, d->len);
}

static void
put_options(struct child *c, struct str *b)
{
	wire_u32(b, (uint32_t)c->noptions);
	for (size_t i = 0; i < c->noptions; i++) {
		const struct found_option *o = &c->options[i];
		struct place at = origin_place(c, &o->at);

		wire_str(b, o->name);
		wire_str(b, o->type);
		wire_str(b, o->doc);
		wire_u8(b, o->given);
		wire_place(b, &at, &c->units);
		str_addn(b, c->pool.s + o->value, o->value_len);
		str_addn(b, c->pool.s + o->def, o->def_len);
	}
}

/* What the parent reads: mistakes, whether the file ran to its end, header, steps, options, result. */
static void
hand_up(struct child *c, bool whole, const char *define)
{
	struct str b = {0};
	size_t off, len;

	err_move(&c->errs, &c->raised);
	wire_errors(&b, &c->errs, &c->units);
	wire_u8(&b, whole);
	if (whole && define) {
		if (define_bytes(c, define, &off, &len))
			wire_u8(&b, 1), str_addn(&b, c->pool.s + off, len);
		else
			wire_u8(&b, 0);
	} else if (whole) {
		for (size_t i = 0; i < ARRAY_LEN(c->recipe); i++)
			wire_str(&b, c->recipe[i]);
		wire_u32(&b, (uint32_t)c->nsteps);
		for (size_t i = 0; i < c->nsteps; i++)
			put_step(c, &c->steps[i], &b);
		put_options(c, &b);
		wire_u8(&b, c->result);
		if (c->result)
			str_addn(&b, c->pool.s + c->result_at, c->pool.len - c->result_at);
	}
	_exit(child_send(c, SAY_RESULT, 0, str_text(&b), b.len) ? EXIT_WALLS : 0);
}

void
child_main(const struct load_request *rq, const struct units *units, int fd, const char *define)
{
	struct child *c = xcalloc(1, sizeof *c);
	unsigned seconds = rq->seconds ? rq->seconds : 10;
	int r;

	c->rq = rq;
	c->memory_max = rq->memory ? rq->memory : 256u << 20;
	c->scope = (struct scope){.prefix = "", .options = "", .args = LUA_NOREF, .given = LUA_NOREF};
	c->units = (struct units){c->unit, units->n};
	memcpy(c->unit, units->v, units->n * sizeof *units->v);
	c->fd = dup2(fd, CHILD_FD);
	if (c->fd < 0 || syscall(SYS_close_range, CHILD_FD + 1, ~0u, 0) || (WALLS && syscall(SYS_close_range, 0, 2, 0)))
		_exit(EXIT_WALLS);
	c->L = lua_newstate(alloc, c);
	c->last.unit = WIRE_NONE;
	if (!c->L || walls(c, seconds))
		_exit(EXIT_WALLS);
	*(struct child **)lua_getextraspace(c->L) = c;
	lua_sethook(c->L, hook, LUA_MASKCOUNT, COUNT_STEP);
	lua_gc(c->L, LUA_GCINC, 400, 400, 0);
	lua_pushcfunction(c->L, fault_handler);
	lua_pushcfunction(c->L, define ? run_define : run_recipe);
	r = lua_pcall(c->L, 0, 0, 1);
	if (r == LUA_ERRMEM || (r != LUA_OK && c->limit)) {
		c->limit = c->limit ? c->limit : LIMIT_MEMORY;
		fault_limit(c);
	} else if (r == LUA_ERRERR) {
		err_free(&c->raised);
		err_set(&c->raised, "E0005",
			"the recipe fails while it reports a mistake: functions call each other too deep");
	}
	hand_up(c, r == LUA_OK, define);
}
