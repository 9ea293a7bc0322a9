#include "model/ccache.h"

#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "os/fs.h"

#define LOG_NAME ".ccache-stats"
#define LOG_MAX_SIZE ((size_t)64 << 20)

bool
ccache_asked(const struct pairs *env)
{
	for (size_t i = 0; i < env->n; i++)
		if (!strcmp(env->v[i].key, "CCACHE_DIR") && !strcmp(env->v[i].value, CCACHE_AT))
			return true;
	return false;
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
}

void
ccache_count(const char *text, size_t *hits, size_t *misses)
{
	*hits = *misses = 0;
	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		size_t n = strcspn(s, "\n");

		if ((n == strlen("direct_cache_hit") && !memcmp(s, "direct_cache_hit", n)) ||
		    (n == strlen("preprocessed_cache_hit") && !memcmp(s, "preprocessed_cache_hit", n)))
			++*hits;
		else if (n == strlen("cache_miss") && !memcmp(s, "cache_miss", n))
			++*misses;
	}
}

void
ccache_tell(struct inside *in)
{
	cleanup_fd int fd = inside_look(in, "/jkr/out", LOG_NAME);
	cleanup_str struct str text = {0};
	struct err unsaid = {0};
	size_t hits, misses;
	int out = job_out(in->job, &unsaid);

	err_free(&unsaid);
	if (fd < 0 || fs_read(fd, &text, LOG_MAX_SIZE))
		return;
	if (out >= 0)
		unlinkat(out, LOG_NAME, 0);
	ccache_count(str_text(&text), &hits, &misses);
	if (hits + misses)
		job_note(in->job, "ccache had %zu of %zu compiles (%.1f %%)", hits, hits + misses,
			 100.0 * (double)hits / (double)(hits + misses));
}
