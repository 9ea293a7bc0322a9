/* layer_again: a layer made a second time, from its list. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/layer_own.h"
#include "os/fs.h"

static int
hide_below(struct layer *l, const char *path, struct err *err)
{
	cleanup_fd int fd = fs_open_nofollow(l->dir, path, O_RDONLY | O_DIRECTORY);

	return fd < 0 || fsetxattr(fd, OVERLAY_OPAQUE, "y", 1, 0) ? layer_fault(path, err) : 0;
}

/* Folders of the tree below have no line in the list. */
static int
make_way(struct layer *l, const char *path, struct err *err)
{
	cleanup_free char *copy = xstrdup(path);

	for (char *slash = strchr(copy, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (!map_get(&l->dirs, copy) && layer_make_folder(l, copy, err))
			return -1;
		*slash = '/';
	}
	return 0;
}

int
layer_again(struct layer *l, const struct entry *e, struct err *err)
{
	struct entry mine = *e;

	if (!entry_path_ok(e->path))
		return err_set(err, "E0805", "`%s` is not a path that can lie in a result", e->path);
	if (make_way(l, e->path, err))
		return -1;
	if (S_ISREG(e->mode) && !e->whiteout)
		return 0;
	if (e->whiteout || !(S_ISDIR(e->mode) || S_ISLNK(e->mode))) {
		/* what a device or fifo hides below is not known here: the whiteout hides it in any case */
		if (layer_whiteout(l, e->path, err))
			return -1;
		layer_own_add(l, &mine);
		return 0;
	}
	if (S_ISLNK(e->mode))
		return layer_symlink(l, e, err);
	if (layer_mkdir(l, e, err) || (e->opaque && hide_below(l, e->path, err)))
		return -1;
	layer_own_add(l, &mine);
	return 0;
}
