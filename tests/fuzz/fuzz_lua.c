/* The whole door of recipes, in one process: the text is a file of a project beside the real stdlib, its Lua
 * runs under the limits of a load, and what comes out is taken by the parent. The child's process and its walls
 * (seccomp, rlimits, wall clock) are missing here, so loops that only they end are cut short by the counter.
 *
 * With FUZZ_KEEP=FOLDER, what each recipe hands up is kept there: seeds for `recipe`. */
#include "fuzz.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/hash.h"
#include "lua/child.h"
#include "lua/parent.h"
#include "lua/places.h"
#include "os/fs.h"

enum { CHILD, PARENT };

/* An error of Lua jumps over the frees of C: what is lost that way ends with the child's process. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

static struct parent *now; /* whom the thread answers for; changes only while no one asks */

static bool
get(int fd, void *p, size_t n)
{
	return !n || recv(fd, p, n, MSG_WAITALL) == (ssize_t)n;
}

/* As the parent's process does between two reads (load.c). */
static void *
serve(void *arg)
{
	int fd = *(int *)arg;
	struct wire_head h;
	char name[4097];

	while (get(fd, &h, sizeof h)) {
		cleanup_str struct str out = {0};
		uint32_t len;

		FUZZ_CHECK(h.len < sizeof name && h.unit < now->told);
		FUZZ_CHECK(get(fd, name, h.len));
		name[h.len] = '\0';
		FUZZ_CHECK(strlen(name) == h.len);
		files_answer(now, &h, name, &out);
		len = (uint32_t)out.len;
		FUZZ_CHECK(!fs_write(fd, &len, sizeof len) && !fs_write(fd, out.s, out.len));
	}
	return NULL;
}

static int
child_fd(void)
{
	static int pair[2] = {-1, -1};
	pthread_t thread;

	if (pair[CHILD] >= 0)
		return pair[CHILD];
	FUZZ_CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	FUZZ_CHECK(!pthread_create(&thread, NULL, serve, &pair[PARENT]));
	pthread_detach(thread);
	return pair[CHILD];
}

/* What the child leaves to the end of its process. */
static void
child_free(struct child *c)
{
	lua_close(c->L);
	err_free(&c->errs);
	err_free(&c->raised);
	str_free(&c->pool);
	free(c->steps);
	free(c->pending);
	free(c->options);
	free(c->origins);
	free(c->keys);
	map_free(&c->taken);
	map_free(&c->same);
	map_free(&c->defines);
	map_free(&c->plugins);
	map_free(&c->uses);
	arena_free(&c->arena);
	free(c);
}

static void
keep(const struct str *bytes)
{
	const char *folder = getenv("FUZZ_KEEP");
	char path[4200], hex[HASH_HEX];
	struct hash h;
	int fd;

	if (!folder)
		return;
	h = hash_of(bytes->s, bytes->len);
	snprintf(path, sizeof path, "%s/%.16s", folder, hash_hex(&h, hex));
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd >= 0)
		fs_write(fd, bytes->s, bytes->len);
	close(fd);
}

static void
run_child(struct parent *p, struct str *out)
{
	struct child *c = xcalloc(1, sizeof *c);

	c->fd = child_fd();
	FUZZ_CHECK(!child_open(c, p->rq, &p->units));
	c->count = COUNT_MAX - 50 * COUNT_STEP;
	child_load(c, NULL, out);
	child_free(c);
}

static void
find_place(void *r, struct place *at)
{
	const char *text = recipe_source(r, at->file);

	if (text)
		place_find(text, at);
}

/* What the child says of itself must be whole, however it ended. */
static void
look(struct recipe *r, int status, struct err *err)
{
	const struct err_style style = {.source = recipe_source, .find = find_place, .ctx = r};

	FUZZ_CHECK((status < 0) == err_any(err));
	for (const struct diag *d = err->head; d; d = d->next)
		FUZZ_CHECK(!str_eq(d->code, "E0019"));
	fuzz_mistakes(err, &style);
}

static const char *
recipe_file(const void *text, size_t n)
{
	static char path[128];
	int fd;

	snprintf(path, sizeof path, "%s/recipe.lua", fuzz_folder());
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	FUZZ_CHECK(fd >= 0 && !fs_write(fd, text, n));
	close(fd);
	return path;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char here[4096];
	const char *search[] = {*here ? here : getcwd(here, sizeof here), NULL};
	const struct load_request rq = {.path = recipe_file(data, size), .search = search, .memory = 16 << 20};
	cleanup_str struct str out = {0};
	struct recipe r = {.path = rq.path, .root = fuzz_folder()};
	struct parent *p = xcalloc(1, sizeof *p);
	struct err err = {0};
	uint32_t unit;
	bool known;
	int status;

	*p = (struct parent){.rq = &rq, .r = &r, .a = &r.arena, .main_prefix = "", .err = &err};
	p->units.v = p->unit;
	p->unit[0].shown = "recipe.lua";
	p->path[0] = r.path;
	status = files_load(p, UNIT_RECIPE, r.root, "recipe.lua", &unit, &known, &err);
	FUZZ_CHECK(status);
	if (status > 0) {
		p->told = p->units.n;
		now = p;
		run_child(p, &out);
		keep(&out);
		status = recipe_take(p, str_text(&out), out.len, &err);
	}
	look(&r, status, &err);
	recipe_free(&r);
	free(p);
	return 0;
}
