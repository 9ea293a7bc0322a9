/* mem: memory as long as the run (arena) or as long as the block (cleanup_*). Out of memory aborts. */
#pragma once
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An arena frees everything at once. Zeroed is empty. Not shared between threads. */
struct arena {
	struct arena_block *block;
	size_t used; /* bytes given out in all blocks, for statistics */
};

void *arena_alloc(struct arena *a, size_t size);    /* zeroed, aligned to 16 */
char *arena_strdup(struct arena *a, const char *s); /* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void *arena_memdup(struct arena *a, const void *p, size_t n);
void arena_free(struct arena *a);

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (n)))

void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
/* realpath(3), NULL with errno where the path is at fault. */
char *xrealpath(const char *path);
/* The working directory, NULL with errno where it is gone. */
char *xgetcwd(void);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Makes room for one more element of a heap array that grows by doubling. */
void *grow(void *v, size_t n, size_t *cap, size_t size);
#define GROW(v, n, cap) ((v) = grow((v), (n), &(cap), sizeof *(v)))

static inline void
cleanup_fdp(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void
cleanup_freep(void *p)
{
	free(*(void **)p);
}

static inline void
cleanup_arenap(struct arena *a)
{
	arena_free(a);
}

static inline int
steal_fd(int *fd)
{
	int r = *fd;

	*fd = -1;
	return r;
}

static inline void *
steal_pointer(void *pp)
{
	void **p = pp;
	void *r = *p;

	*p = NULL;
	return r;
}

#define cleanup_fd __attribute__((cleanup(cleanup_fdp)))
#define cleanup_free __attribute__((cleanup(cleanup_freep)))
#define cleanup_arena __attribute__((cleanup(cleanup_arenap)))

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))
