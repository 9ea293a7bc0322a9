/* upper: where a job's programs write over their mount points, and what can be told of that without a sandbox. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fs.h"
#include "run/job_impl.h"
#include "run/merge.h"

struct upper *
upper_find(struct job *job, const char *at)
{
	for (struct upper *u = job->uppers; u; u = u->next)
		if (!strcmp(u->at, at))
			return u;
	return NULL;
}

/* Whether the upper has nothing to say of this name: neither it nor a folder on the way that hides what is below. */
static bool
is_untouched(int upper, const char *path)
{
	for (const char *end = path; *end; end += *end != 0) {
		cleanup_free char *part = NULL;
		cleanup_fd int fd = -1;

		end = strchrnul(end, '/');
		part = xstrndup(path, (size_t)(end - path));
		fd = fs_open_nofollow(upper, part, O_RDONLY | O_DIRECTORY);
		if (fd < 0)
			return errno == ENOENT;
		if (merge_hides(fd))
			return false;
	}
	return false;
}

/* The folder in which a file that is seen there lies whole, if it lies there at all. */
static int
open_folder(struct job *job, const struct bind *b, const char *path)
{
	const struct upper *u = upper_find(job, b->at);
	cleanup_fd int upper = u ? fs_open_nofollow(job->tmpfd, u->name, O_PATH | O_DIRECTORY) : -1;

	if (u && (u->copied || b->kind != BIND_WARM || !is_untouched(upper, path)))
		return steal_fd(&upper);
	if (b->kind == BIND_OUT && job->out >= 0)
		return fcntl(job->out, F_DUPFD_CLOEXEC, 3);
	/* nothing was written over the name in the warm directory, or it is written itself */
	if (b->kind == BIND_WARM && job->warm.dir >= 0)
		return fcntl(job->warm.tree, F_DUPFD_CLOEXEC, 3);
	return -1;
}

int
job_look(struct job *job, const struct bind *b, const char *path)
{
	cleanup_fd int folder = job->shell ? -1 : open_folder(job, b, path);
	cleanup_fd int fd = folder < 0 ? -1 : fs_open_nofollow(folder, path, O_RDONLY | O_NONBLOCK);
	struct stat st;

	return fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) ? -1 : steal_fd(&fd);
}

int
upper_take_layer(struct job *job, struct err *err)
{
	struct upper *u = job->uppers;
	int fd;

	while (u && u->kind != BIND_LAYER)
		u = u->next;
	if (!u)
		return 0;
	fd = job_subdir(job, u->name, err);
	if (fd < 0)
		return -1;
	layer_free(job->layer);
	if (u->copied) /* the folder is the whole result; how it is stacked does not change what it is */
		job->below = NULL;
	job->layer = layer_from_upper(fd, job->below, err);
	job->layer_sub = u->name;
	if (!job->layer)
		return -1;
	if (layer_dropped(job->layer))
		job_note(job, "left out of the result: %s", layer_dropped(job->layer));
	return 0;
}
