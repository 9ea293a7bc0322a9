/* replaced: looks at the folders that lie over the lowest layer, not at the whole tree's list. */
#include "run/replaced.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "os/fs.h"
#include "run/job_impl.h"
#include "run/merge.h"

/* Folders count too: those on the way to the files. */
#define NAMES_MAX 256

struct look {
	struct job *job;
	int lowest; /* layer */
	const char *from;
	struct replaced *v;
	size_t n, names;
};

static bool
is_known(const struct look *l, const char *path)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->v[i].path, path))
			return true;
	return false;
}

/* A folder that hides what is below takes names away. */
static bool
is_passage(int at, const char *name, const struct stat *st)
{
	cleanup_fd int fd = S_ISDIR(st->st_mode) ? fs_open_nofollow(at, name, O_RDONLY | O_DIRECTORY) : -1;

	return fd >= 0 && !merge_hides(fd);
}

static int
look_at(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	struct look *l = ctx;
	struct stat below;

	if (++l->names > NAMES_MAX || fstatat(l->lowest, path, &below, AT_SYMLINK_NOFOLLOW) ||
	    (st->st_mode & S_IFMT) != (below.st_mode & S_IFMT))
		return -1;
	if (!S_ISREG(st->st_mode))
		return is_passage(at, name, st) ? 0 : -1;
	if (is_known(l, path)) /* of a layer further up */
		return 0;
	if (l->n == REPLACED_MAX)
		return -1;
	l->v[l->n++] = (struct replaced){arena_strdup(&l->job->arena, path), l->from};
	return 0;
}

static bool
look_into(struct look *l, int at, const char *folder, const char *from)
{
	cleanup_fd int fd = openat(at, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	l->from = from;
	return fd >= 0 && !fs_walk(fd, look_at, l);
}

bool
replaced_find(struct job *job, const struct tree *t, const char *const *lowers, const char *upper,
	      struct replaced v[REPLACED_MAX], size_t *n)
{
	struct look l = {.job = job, .lowest = t->layers[0].fd, .v = v};
	bool found = look_into(&l, job->tmpfd, upper, upper);

	for (size_t i = 0; found && i + 1 < t->nlayers; i++)
		found = look_into(&l, t->layers[t->nlayers - 1 - i].fd, ".", lowers[i]);
	*n = found ? l.n : 0;
	return found;
}
