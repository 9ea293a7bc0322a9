#include "os/window.h"

#include <sys/mman.h>
#include <unistd.h>

#include "os/guard.h"

#define LEAST ((size_t)64 << 20)

/* Addresses without memory; at `base`, what is mapped there goes. */
static int
reserve(struct window *w, size_t size)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (w->base ? MAP_FIXED : 0);
	void *p = mmap(w->base, size, PROT_NONE, flags, -1, 0);

	if (p == MAP_FAILED)
		return -1;
	if (w->base)
		guard_end(w->guard);
	*w = (struct window){p, size, 0, guard_begin(p, size)};
	return 0;
}

const void *
window_map(struct window *w, int fd, size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (n + page - 1) & ~(page - 1);
	void *p;

	if (room > w->size)
		window_free(w);
	if (room > w->size - w->used && reserve(w, w->size ? w->size : room > LEAST ? room : LEAST))
		return NULL;
	p = mmap(w->base + w->used, n, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0);
	if (p == MAP_FAILED)
		return NULL;
	w->used += room;
	return p;
}

bool
window_torn(const struct window *w)
{
	return w->base && guard_torn(w->guard);
}

void
window_free(struct window *w)
{
	if (w->base) {
		guard_end(w->guard);
		munmap(w->base, w->size);
	}
	*w = (struct window){0};
}
