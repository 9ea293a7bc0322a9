#include "cli/userfile.h"

#include <fcntl.h>

#include "base/mem.h"
#include "base/str.h"
#include "os/fs.h"

int
userfile_read(const char *path, struct str *out, size_t max)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -1 : fs_read(fd, out, max);
}

int
userfile_replace(const char *path, const void *p, size_t n, mode_t mode)
{
	const char *name = path_base(path);
	cleanup_free char *folder = name == path ? xstrdup(".") : xstrndup(path, (size_t)(name - path));
	cleanup_fd int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return dir < 0 ? -1 : fs_replace(dir, name, p, n, mode);
}
