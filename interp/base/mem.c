#include "base/mem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Blocks grow from the first to the last size: many arenas hold one small thing. */
#define BLOCK_MIN 1024
#define BLOCK_MAX 65536

/* Larger pieces stand alone. Under the address sanitizer all do, so that it sees where each ends. */
#define SHARED_MAX (BLOCK_MAX / 4)
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#undef SHARED_MAX
#define SHARED_MAX 0
#endif

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(16) char data[];
};

static _Noreturn void
out_of_memory(void)
{
	static const char msg[] = "jkr: out of memory\n";

	(void)!write(STDERR_FILENO, msg, sizeof msg - 1);
	abort();
}

void *
xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *
xrealloc(void *p, size_t size)
{
	p = realloc(p, size ? size : 1);
	if (!p)
		out_of_memory();
	return p;
}

char *
xstrndup(const char *s, size_t n)
{
	char *p = xmalloc(n + 1);

	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		out_of_memory();
	va_end(ap);
	return s;
}

char *
xrealpath(const char *path)
{
	char *real = realpath(path, NULL);

	if (!real && errno == ENOMEM)
		out_of_memory();
	return real;
}

char *
xgetcwd(void)
{
	char *cwd = getcwd(NULL, 0);

	if (!cwd && errno == ENOMEM)
		out_of_memory();
	return cwd;
}

void *
grow(void *v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return v;
	*cap = *cap ? *cap * 2 : 8;
	if (*cap > SIZE_MAX / size)
		out_of_memory();
	return xrealloc(v, *cap * size);
}

static struct arena_block *
block_new(size_t size)
{
	struct arena_block *b = xcalloc(1, sizeof *b + size);

	b->size = size;
	return b;
}

/* How large the block behind `b` is, which takes a piece of `size` first. */
static size_t
next_size(const struct arena_block *b, size_t size)
{
	size_t n = b ? b->size * 4 : BLOCK_MIN;

	while (n < size)
		n *= 4;
	return n < BLOCK_MIN ? BLOCK_MIN : n > BLOCK_MAX ? BLOCK_MAX : n;
}

/* gcc's analyzer loses a block that is reached through its data only */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

void *
arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *b = a->block;
	size_t exact = size;
	void *p;

	if (size > SIZE_MAX / 2)
		out_of_memory();
	size = (size + 15) & ~(size_t)15;
	a->used += size;
	if (size > SHARED_MAX) {
		/* a large piece gets a block of its own behind the current one */
		b = block_new(exact);
		b->used = b->size;
		if (a->block) {
			b->next = a->block->next;
			a->block->next = b;
		} else {
			a->block = b;
		}
		return b->data;
	}
	if (!b || b->size - b->used < size) {
		b = block_new(next_size(b, size));
		b->next = a->block;
		a->block = b;
	}
	p = b->data + b->used;
	b->used += size;
	return p;
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

void *
arena_memdup(struct arena *a, const void *p, size_t n)
{
	void *q = arena_alloc(a, n);

	if (n)
		memcpy(q, p, n);
	return q;
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	memcpy(p, s, n);
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		out_of_memory();
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

void
arena_free(struct arena *a)
{
	struct arena_block *b, *next;

	for (b = a->block; b; b = next) {
		next = b->next;
		free(b);
	}
	a->block = NULL;
	a->used = 0;
}
