#include "cli/received.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "model/tree.h"

/* Whoever uses git in the folder would run what a repository there says. */
static bool
names_git(const char *path)
{
	for (const char *p = path; *p; p += strcspn(p, "/"), p += *p == '/')
		if (!strncasecmp(p, ".git", 4) && (!p[4] || p[4] == '/'))
			return true;
	return false;
}

static bool
is_folder(const struct tree *all, const char *path)
{
	const struct entry *e = tree_find(all, path);

	return e && S_ISDIR(e->mode);
}

/* One step up of the path in `at`; false where that is not inside. What is no folder may be a link, and above that is
 * anything. */
static bool
climb(const struct tree *all, char *at)
{
	char *slash = strrchr(at, '/');

	if (!*at || !is_folder(all, at))
		return false;
	*(slash ? slash : at) = '\0';
	return true;
}

/* Whether a link leads out of the folder; a name cannot lie below another link. */
static bool
leaves(const struct tree *all, const struct entry *e)
{
	cleanup_free char *at = xmalloc(strlen(e->path) + strlen(e->target) + 2);
	char *slash;

	if (*e->target == '/')
		return true;
	strcpy(at, e->path);
	slash = strrchr(at, '/');
	*(slash ? slash : at) = '\0';
	for (const char *p = e->target; *p; p += strcspn(p, "/"), p += *p == '/') {
		size_t n = strcspn(p, "/"), len = strlen(at);

		if (n == 2 && !strncmp(p, "..", 2)) {
			if (!climb(all, at))
				return true;
		} else if (n && !(n == 1 && *p == '.')) {
			if (len)
				at[len++] = '/';
			memcpy(at + len, p, n);
			at[len + n] = '\0';
		}
	}
	return false;
}

const char *
received_fault(const struct tree *all, const struct entry *e)
{
	if (names_git(e->path))
		return "would be a repository";
	switch (e->mode & S_IFMT) {
	case S_IFDIR:
	case S_IFREG: return NULL;
	case S_IFLNK: return leaves(all, e) ? "leads out of it" : NULL;
	default: return "is neither a file nor a folder nor a link";
	}
}
