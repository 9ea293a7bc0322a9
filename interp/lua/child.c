/* The child's side of a load: the walls around it, its requests, and what it hands up. */
#include "lua/child.h"
#include "lua/env.h"
#include "lua/fault.h"
#include "lua/parent.h"
#include "lua/walls.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

enum { EXIT_WALLS = 9 };

/* -- the socket -------------------------------------------------------------------------------------- */
static int
by_byte(const void *a, const void *b)
{
	return *(const unsigned char *)a - *(const unsigned char *)b;
}

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

void
child_main(const struct load_request *rq, const struct units *units, int fd, const char *define)
{
	struct child *c = xcalloc(1, sizeof *c);
	unsigned seconds = rq->seconds ? rq->seconds : LOAD_SECONDS;
	struct str out = {0};

	c->fd = dup2(fd, CHILD_FD);
	if (c->fd < 0 || syscall(SYS_close_range, CHILD_FD + 1, ~0u, 0) || (WALLS && syscall(SYS_close_range, 0, 2, 0)))
		_exit(EXIT_WALLS);
	/* glibc's qsort asks how much memory there is (sysinfo) when it first sorts more than a kilobyte */
	qsort((char[2048]){0}, 2048, 1, by_byte);
	if (child_open(c, rq, units) || walls_close(c->memory_max, seconds))
		_exit(EXIT_WALLS);
	child_load(c, define, &out);
	_exit(child_send(c, SAY_RESULT, 0, str_text(&out), out.len) ? EXIT_WALLS : 0);
}
