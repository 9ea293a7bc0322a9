#include "model/rust.h"

#include <string.h>

#include "base/err.h"
#include "base/str.h"

#define SRC "/jkr/src"
#define BUILD "/jkr/build"
#define MARK "***"

/* One line without the blanks at its ends and in rows. */
static void
add_words(const char *s, size_t n, struct str *out)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == ' ' && (!out->len || out->s[out->len - 1] == ' '))
			continue;
		str_addc(out, s[i]);
	}
	while (out->len && out->s[out->len - 1] == ' ')
		out->s[--out->len] = 0;
}

void
rust_words(const char *text, struct str *out)
{
	str_reset(out);
	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		size_t n = strcspn(s, "\n");

		if (n < strlen(MARK) || memcmp(s, MARK, strlen(MARK)))
			continue;
		s += strlen(MARK);
		n -= strlen(MARK);
		if (strspn(s, " ") >= n && out->len)
			return; /* what follows is where to read on */
		if (strspn(s, " ") >= n)
			continue;
		if (out->len)
			str_addc(out, ' ');
		add_words(s, n, out);
	}
}

static const char **
command(const struct kask *k, struct arena *a)
{
	const char **v = arena_array(a, const char *, k->variables->n + 12);
	size_t n = 0;

	v[n++] = "/bin/sh";
	v[n++] = "-c";
	v[n++] = "exec \"$@\" 2>&1";
	v[n++] = "jkr";
	v[n++] = "make";
	v[n++] = "-sC";
	v[n++] = SRC;
	v[n++] = "O=" BUILD;
	for (size_t i = 0; i < k->variables->n; i++)
		v[n++] = arena_printf(a, "%s=%s", k->variables->v[i].key, k->variables->v[i].value);
	v[n] = "rustavailable";
	return v;
}

void
rust_unavailable(struct job *job, const struct kask *k, struct str *out)
{
	static const char *const env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/tmp", "LC_ALL=C",
					  "CCACHE_DISABLE=1", NULL};
	cleanup_str struct str said = {0};
	struct err unsaid = {0};
	struct bind binds[] = {
		{.kind = BIND_SCRATCH, .at = SRC, .fd = -1},
		{.kind = BIND_SCRATCH, .at = BUILD, .fd = -1},
	};
	const struct sandbox sb = {.image = job_tree(job, k->toolchain, &unsaid),
				   .argv = command(k, job_arena(job)),
				   .env = env,
				   .binds = binds,
				   .nbinds = ARRAY_LEN(binds),
				   .capture = &said,
				   .capture_max = (size_t)1 << 20};

	str_reset(out);
	binds[0].tree = job_folder(job, k->source, &binds[0].sub, &unsaid);
	binds[1].tree = job_folder(job, k->build, &binds[1].sub, &unsaid);
	/* its status says the same in one bit */
	if (sb.image && binds[0].tree && binds[1].tree && job_exec(job, &sb, &unsaid) >= 0)
		rust_words(str_text(&said), out);
	err_free(&unsaid);
}
