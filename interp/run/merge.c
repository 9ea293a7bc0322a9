#include "run/merge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fs.h"

static int
open_folder(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

bool
merge_hides(int fd)
{
	char v[4];

	return fgetxattr(fd, "user.overlay.opaque", v, sizeof v) == 1 && *v == 'y';
}

/* Both are folders. */
static int
merge_folder(int lower, int upper, const char *name, mode_t mode)
{
	cleanup_fd int up = open_folder(upper, name);
	cleanup_fd int low = -1;

	if (up < 0)
		return -1;
	if (merge_hides(up)) {
		fremovexattr(up, "user.overlay.opaque");
		return fs_remove(lower, name) || renameat(upper, name, lower, name) ? -1 : 0;
	}
	low = open_folder(lower, name);
	if (low < 0 || fchmod(low, mode & 07777))
		return -1;
	return merge_upper(low, up);
}

static int
merge_one(int lower, int upper, const char *name)
{
	struct stat up, low;
	bool has;

	if (fstatat(upper, name, &up, AT_SYMLINK_NOFOLLOW))
		return -1;
	has = !fstatat(lower, name, &low, AT_SYMLINK_NOFOLLOW);
	if (S_ISCHR(up.st_mode) && !up.st_rdev)
		return has ? fs_remove(lower, name) : 0;
	if (has && S_ISDIR(up.st_mode) && S_ISDIR(low.st_mode))
		return merge_folder(lower, upper, name, up.st_mode);
	if (has && (S_ISDIR(up.st_mode) || S_ISDIR(low.st_mode)) && fs_remove(lower, name))
		return -1;
	return renameat(upper, name, lower, name);
}

int
merge_upper(int lower, int upper)
{
	char **names;
	size_t n;
	int r = 0;

	if (fs_names(upper, &names, &n))
		return -1;
	for (size_t i = 0; i < n && !r; i++)
		r = merge_one(lower, upper, names[i]);
	fs_names_free(names, n);
	return r;
}
