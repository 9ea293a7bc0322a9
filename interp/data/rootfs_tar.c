#include "data/rootfs_tar.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/archive.h"

#define STATUS "var/lib/dpkg/status"
#define STATUS_MAX (64 << 20)

/* Below these only folders stay. */
static const char *const emptied[] = {"var/log/", "var/cache/", "var/lib/apt/", "run/", "tmp/", "var/tmp/"};

/* What comes from the machine or the moment of the build. */
static const char *const dropped[] = {
	"etc/machine-id",
	"var/lib/dbus/machine-id",
	"etc/resolv.conf",
	"etc/hostname",
	"etc/apt/sources.list",
	"var/lib/dpkg/status-old",
	"var/lib/dpkg/diversions-old",
	"var/lib/dpkg/statoverride-old",
	"var/lib/dpkg/available",
	"var/lib/dpkg/lock",
	"var/lib/dpkg/lock-frontend",
	"var/lib/dpkg/triggers/Lock",
};

static bool
varies(const char *name, bool folder)
{
	if (str_starts(name, "dev/") && name[4])
		return true;
	for (size_t i = 0; i < ARRAY_LEN(emptied); i++)
		if (!folder && str_starts(name, emptied[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(dropped); i++)
		if (!strcmp(name, dropped[i]))
			return true;
	return false;
}

static int
read_member(struct arc *arc, struct str *out, struct err *err)
{
	char buf[65536];
	ssize_t n;

	while ((n = arc_read(arc, buf, sizeof buf, err)) > 0) {
		str_addn(out, buf, (size_t)n);
		if (out->len > STATUS_MAX)
			return err_set(err, "E0916", "`" STATUS "` of the image is larger than 64 MiB");
	}
	return n < 0 ? -1 : 0;
}

void
dpkg_status_parse(const char *text, struct arena *a, struct map *packages)
{
	const char *name = NULL, *version = NULL;
	bool installed = false;

	for (const char *line = text;; line += strcspn(line, "\n") + 1) {
		size_t n = strcspn(line, "\n");

		if (!strncmp(line, "Package: ", 9))
			name = arena_strndup(a, line + 9, n - 9);
		else if (!strncmp(line, "Version: ", 9))
			version = arena_strndup(a, line + 9, n - 9);
		else if (!strncmp(line, "Status: ", 8))
			installed = n > 18 && !strncmp(line + n - 10, " installed", 10);
		if (!n) {
			if (name && version && installed)
				map_set(packages, name, (void *)version);
			name = version = NULL;
			installed = false;
		}
		if (!line[n])
			break;
	}
	if (name && version && installed)
		map_set(packages, name, (void *)version);
}

static int
scan_members(struct arc *arc, struct arena *a, struct rootfs_tar *out, struct err *err)
{
	cleanup_free const char **v = NULL;
	cleanup_str struct str status = {0};
	size_t n = 0, cap = 0;
	struct member m;
	int more;

	while ((more = arc_next(arc, &m, err)) > 0) {
		const char *name = str_starts(m.name, "./") ? m.name + 2 : m.name;
		size_t len = strlen(name) - (str_ends(name, "/") ? 1 : 0);
		char *clean = arena_strndup(a, name, len);

		if (!strcmp(clean, STATUS) && read_member(arc, &status, err) < 0)
			return -1;
		if (!varies(clean, S_ISDIR(m.mode)) || strpbrk(clean, "*?[\\"))
			continue;
		GROW(v, n, cap);
		v[n++] = clean;
	}
	dpkg_status_parse(str_text(&status), a, &out->packages);
	out->varies = n ? arena_memdup(a, v, n * sizeof *v) : NULL;
	out->nvaries = n;
	return more;
}

int
rootfs_tar_scan(int fd, struct arena *a, struct rootfs_tar *out, struct err *err)
{
	const struct arc_limits limits = {.threads = 1};
	struct arc *arc = arc_open(fd, "image.tar", &limits, err);
	int r;

	memset(out, 0, sizeof *out);
	if (!arc)
		return -1;
	r = scan_members(arc, a, out, err);
	arc_close(arc);
	return r;
}
