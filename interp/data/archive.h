/* archive: the members of a tar, zip or ar file, one after the other, read by libarchive.
 *
 * Nothing is believed: names and links come as they are written in the file, and whoever unpacks
 * decides what they may do. Formats are found by content. An archive inside the archive is read
 * from the member's bytes, without a temporary file. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct arc;

enum arc_kind { ARC_TAR, ARC_ZIP, ARC_AR };

struct arc_limits {
	uint64_t ratio; /* most bytes out for one byte of the file, 0: no bound */
	uint64_t floor; /* below so many bytes no ratio is asked */
	int threads;    /* of decoders */
};

/* Strings live until the next call of arc_next. */
struct member {
	size_t number;        /* from 1 */
	const char *name;     /* as written */
	const char *target;   /* symlink */
	const char *hardlink; /* name of the member that this one is another name of */
	const char *xattrs;   /* "name=hex name=hex", sorted, without overlayfs' own, or NULL */
	uint64_t size;
	uint32_t mode, uid, gid; /* mode with S_IFMT bits */
	uint64_t rdev;
	int64_t mtime;
	bool odd_owner; /* a user or group beyond what the system has; `uid` and `gid` are cut */
	bool odd_xattr; /* one has a name that no list can hold; it is left out of `xattrs` */
	bool acl;       /* carries an access list, which is not handed on */
};

/* Reads from the start of a regular file, which stays the caller's. `label` is borrowed. */
struct arc *arc_open(int fd, const char *label, const struct arc_limits *limits, struct err *err);
/* The member that arc_next gave last, as an archive; `outer` must outlive it. */
struct arc *arc_open_member(struct arc *outer, const char *label, struct err *err);
void arc_close(struct arc *a);

enum arc_kind arc_kind(const struct arc *a);
/* Bytes of the outermost file that were read. */
uint64_t arc_taken(const struct arc *a);
/* 1 with a member, 0 at the end, -1 with a sentence. */
int arc_next(struct arc *a, struct member *m, struct err *err);
/* Bytes of the member, holes as zeros; 0 at its end. */
ssize_t arc_read(struct arc *a, void *buf, size_t n, struct err *err);
/* Reads what is left, also of outer archives, so that every checksum was compared. */
int arc_finish(struct arc *a, struct err *err);
/* Bytes behind the end of the archive that are not padding; known after arc_finish. */
uint64_t arc_trailing(const struct arc *a);
