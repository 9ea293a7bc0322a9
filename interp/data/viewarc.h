/* viewarc: an archive (tar, zip, ar, a .deb) as a view. */
#pragma once
#include "data/view.h"

/* Unpacks the files of the archive at `path` into one nameless file, where the view reads them. Archives inside are
 * looked into, one level deep: "rootfs.tar.zst!/etc/hostname"; those of a .deb without that in front. */
int view_archive(struct view *v, const char *path, struct err *err);
/* An archive inside that cannot be read to its end: it stays a file, and nothing that is in it counts. NULL behind the
 * last. */
struct unread {
	const char *path, *why;
};
const struct unread *view_archive_unread(const struct view *v, size_t i);
/* Whether a file of that name is an archive that is looked into. */
bool view_archive_name(const char *name);
/* Ends a view that view_archive made. */
void view_archive_free(struct view *v);
