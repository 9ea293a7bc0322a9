#include "model/ccache.h"

#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "model/helpers.h"
#include "os/fs.h"

#define LOG_NAME ".ccache-stats"
#define LOG_MAX_SIZE ((size_t)64 << 20)

bool
ccache_asked(const struct pairs *env)
{
	const char *dir = pairs_value(env, "CCACHE_DIR");

	return dir && !strcmp(dir, CCACHE_AT);
}

/* "http://HOST[:PORT]/PATH" as the sandbox has it: another address, the same path. Who may not write only asks. */
static void
bind_server(struct inside *in)
{
	const struct compile_helpers *h = job_helpers(in->job);
	struct arena *a = job_arena(in->job);
	const char *host, *path;
	unsigned door;

	if (!h->ccache)
		return;
	host = strstr(h->ccache, "://") + strlen("://");
	path = host + strcspn(host, "/");
	door = inside_server(in, arena_strndup(a, host, (size_t)(path - host)), "80");
	if (door)
		inside_env(in, "CCACHE_REMOTE_STORAGE",
			   arena_printf(a, "http://127.0.0.1:%u%s|connect-timeout=4000%s", door, path,
					h->ccache_write ? "" : "|read-only=true"));
}

void
ccache_bind(struct inside *in, bool kept)
{
	char hex[HASH_HEX];

	if (!kept) {
		inside_env(in, "CCACHE_DISABLE", "1");
		return;
	}
	inside_bind(in, (struct bind){.kind = BIND_CCACHE, .at = CCACHE_AT, .fd = -1});
	inside_env(in, "CCACHE_COMPILERCHECK",
		   arena_printf(job_arena(in->job), "string:%s", hash_hex(&in->image->id, hex)));
	inside_env(in, "CCACHE_STATSLOG", "/jkr/out/" LOG_NAME);
	bind_server(in);
}

struct ccache_counts
ccache_count(const char *text)
{
	struct ccache_counts c = {0};
	const struct {
		const char *name;
		size_t *count;
	} names[] = {
		{"direct_cache_hit", &c.hits},       {"preprocessed_cache_hit", &c.hits},
		{"cache_miss", &c.misses},           {"remote_storage_hit", &c.fetched},
		{"remote_storage_error", &c.failed}, {"remote_storage_timeout", &c.failed},
	};

	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		size_t n = strcspn(s, "\n");

		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (n == strlen(names[i].name) && !memcmp(s, names[i].name, n))
				++*names[i].count;
	}
	return c;
}

static void
say_counts(struct job *job, const struct ccache_counts *c)
{
	size_t all = c->hits + c->misses;
	const char *from = "";

	if (!all)
		return;
	if (c->fetched)
		from = arena_printf(job_arena(job), ", %zu of them from the server", c->fetched);
	job_note(job, "ccache had %zu of %zu compiles (%.1f %%)%s", c->hits, all, 100.0 * (double)c->hits / (double)all,
		 from);
	if (c->failed)
		job_note(job, "ccache: the server `%s` did not answer %zu times", job_helpers(job)->ccache, c->failed);
}

void
ccache_tell(struct inside *in)
{
	cleanup_fd int fd = inside_look(in, "/jkr/out", LOG_NAME);
	cleanup_str struct str text = {0};
	struct err unsaid = {0};
	struct ccache_counts counts;
	int out = job_out(in->job, &unsaid);

	err_free(&unsaid);
	if (fd < 0 || fs_read(fd, &text, LOG_MAX_SIZE))
		return;
	if (out >= 0)
		unlinkat(out, LOG_NAME, 0);
	counts = ccache_count(str_text(&text));
	say_counts(in->job, &counts);
}
