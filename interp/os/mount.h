/* mount: overlays in a private user and mount namespace of this process. */
#pragma once
#include <stddef.h>
#include <sys/types.h>

struct err;

/* Enters a new user and mount namespace with 0 mapped to the effective uid and gid, without the caller's other
 * groups where the kernel lets us drop them (CAP_SETGID; else they show inside as nogroup). The caller is a forked
 * child with one thread. -1 with errno. */
int ns_enter(void);
/* Forks pid 1 of a new PID namespace with a /proc that counts as it does (bwrap looks its child up there): all that it
 * ever starts ends with it, and it ends with the caller, however early that one is killed. Only the new process
 * returns, with 0; the caller waits for it, all its descriptors but 0 to 2 closed, and ends with its status. -1 with
 * errno: there is no such process. */
int ns_init(void);
/* Whether this machine lets us do that, also nested as the sandbox does; the reason goes to `err`. */
int ns_probe(struct err *err);
/* In a namespace of ns_enter: a network with nothing but a loopback, and on that a socket that listens at `ports`, `n`
 * of them, each into `fds`. -1 with errno. */
int ns_network(const unsigned *ports, size_t n, int *fds);
/* The sentence for an ns_enter that failed with errno; gives -1. */
int ns_fault(struct err *err);

/* One overlay, told by names relative to the working directory (no ':' or ',' in them). */
struct overlay {
	const char *const *lowers; /* top first, as overlayfs wants them */
	size_t nlowers;            /* at most 500 */
	const char *upper, *work;  /* NULL: read-only, which needs at least two lowers */
	const char *at;
};
/* Always userxattr, so that every layer has one format; -1 with errno. */
int overlay_mount(const struct overlay *o);
/* Whether overlays can be mounted with their upper in `dir`, an empty folder that is left in disorder;
 * tried in a child. -1 with a sentence. */
int overlay_probe(int dir, struct err *err);
int bind_mount(const char *from, const char *to, int readonly);
