#include "store/depot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/action_result.h"
#include "os/fs.h"
#include "os/url.h"
#include "store/depot_own.h"

struct depot {
	const struct depot_transport *by;
	void *state;
	char *shown;
	struct depot_count count;
};

static const struct depot_transport *const transports[] = {&depot_file, &depot_http, &depot_ssh};

static const struct depot_transport *
transport_of(const char *address)
{
	for (size_t i = 0; i < ARRAY_LEN(transports); i++)
		if (str_starts(address, transports[i]->scheme))
			return transports[i];
	return NULL;
}

int
depot_check(const char *address, struct err *err)
{
	cleanup_free char *shown = url_shown(address);

	for (const char *p = address; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return err_set(err, "E0815", "the address `%s` holds a blank or control character", shown);
	if (!transport_of(address) || !strstr(address, "://")) {
		err_set(err, "E0815", "`%s` is no address of a shared cache", shown);
		return err_help(err, "it begins with https://, http://, ssh:// or file:///");
	}
	if (str_starts(address, "http") && strcmp(address, shown)) {
		err_set(err, "E0815", "the address `%s` carries a user name or password", shown);
		return err_help(err, "give them in ~/.netrc, which only you can read");
	}
	return 0;
}

struct depot *
depot_open(const char *address, const struct depot_options *opt, struct err *err)
{
	struct depot_options limits = opt ? *opt : (struct depot_options){0};
	struct depot *d;

	if (depot_check(address, err))
		return NULL;
	if (!limits.connect_seconds)
		limits.connect_seconds = 5;
	if (!limits.stall_seconds)
		limits.stall_seconds = 10;
	d = xcalloc(1, sizeof *d);
	d->by = transport_of(address);
	d->shown = url_shown(address);
	d->state = d->by->open(address, &limits, err);
	if (d->state)
		return d;
	depot_close(d);
	return NULL;
}

void
depot_close(struct depot *d)
{
	if (!d)
		return;
	if (d->state)
		d->by->close(d->state);
	free(d->shown);
	free(d);
}

const char *
depot_address(const struct depot *d)
{
	return d->shown;
}

struct depot_count
depot_count(const struct depot *d)
{
	return d->count;
}

static const char *
name_of(char buf[DEPOT_NAME], const char *kind, const struct hash *h)
{
	char hex[HASH_HEX];

	stpcpy(stpcpy(buf, kind), hash_hex(h, hex));
	return buf;
}

/* A file without a name, for what passes through. */
static int
scratch(struct err *err)
{
	int fd = memfd_create("depot", MFD_CLOEXEC);

	return fd < 0 ? err_sys(err, "E0816", "there is no memory for what a shared cache sends") : fd;
}

static int
get(struct depot *d, const char *name, int fd, uint64_t max, struct err *err)
{
	if (ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, "E0816", "cannot write what the shared cache `%s` sends", d->shown);
	d->count.asked++;
	return d->by->get(d->state, name, fd, max, err);
}

static int
wrong(const struct depot *d, const char *name, const char *how, struct err *err)
{
	return err_set(err, "E0813", "the shared cache `%s` gave other bytes for `%s` than were asked for: %s",
		       d->shown, name, how);
}

int
depot_result(struct depot *d, const struct hash *key, struct str *out, struct err *err)
{
	char name[DEPOT_NAME];
	cleanup_fd int fd = scratch(err);
	int r;

	str_reset(out);
	if (fd < 0)
		return -1;
	r = get(d, name_of(name, "ac/", key), fd, ACTION_RESULT_MAX, err);
	if (r <= 0)
		return r;
	if (lseek(fd, 0, SEEK_SET) < 0 || fs_read(fd, out, ACTION_RESULT_MAX))
		return wrong(d, name, "it is too long", err);
	return 1;
}

int
depot_has(struct depot *d, const struct hash *digest, struct err *err)
{
	char name[DEPOT_NAME];

	d->count.asked++;
	return d->by->has(d->state, name_of(name, "cas/", digest), err);
}

/* Hashes what came; a file that is not what it must be is emptied. */
static int
verify(struct depot *d, const char *name, const struct hash *digest, uint64_t size, int fd, struct err *err)
{
	unsigned long long got;
	const char *how = NULL;
	struct hash h;

	if (lseek(fd, 0, SEEK_SET) < 0 || hash_fd(fd, &h, &got))
		return err_sys(err, "E0816", "cannot read back what the shared cache `%s` sent", d->shown);
	if (got != size)
		how = got < size ? "it is too short" : "it is too long";
	else if (hash_cmp(&h, digest))
		how = "its hash is another";
	if (how && !ftruncate(fd, 0))
		return wrong(d, name, how, err);
	if (how || lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, "E0816", "cannot write what the shared cache `%s` sent", d->shown);
	d->count.received += size;
	return 1;
}

int
depot_fetch(struct depot *d, const struct hash *digest, uint64_t size, int fd, struct err *err)
{
	char name[DEPOT_NAME];
	int r = get(d, name_of(name, "cas/", digest), fd, size, err);

	if (r > 0)
		return verify(d, name, digest, size, fd, err);
	return ftruncate(fd, 0) && !r ? err_sys(err, "E0816", "cannot write what a shared cache sends") : r;
}

int
depot_fetch_text(struct depot *d, const struct hash *digest, uint64_t size, struct str *out, struct err *err)
{
	cleanup_fd int fd = scratch(err);
	int r;

	str_reset(out);
	if (fd < 0)
		return -1;
	r = depot_fetch(d, digest, size, fd, err);
	if (r > 0 && fs_read(fd, out, size))
		return err_sys(err, "E0816", "cannot read back what the shared cache `%s` sent", d->shown);
	return r;
}

int
depot_put(struct depot *d, int fd, struct hash *digest, uint64_t *size, struct err *err)
{
	char name[DEPOT_NAME];
	unsigned long long n;
	int r;

	if (lseek(fd, 0, SEEK_SET) < 0 || hash_fd(fd, digest, &n))
		return err_sys(err, "E0816", "cannot read what is sent to the shared cache `%s`", d->shown);
	*size = n;
	r = depot_has(d, digest, err);
	if (r)
		return r < 0 ? -1 : 0;
	d->count.asked++;
	r = d->by->put(d->state, name_of(name, "cas/", digest), fd, n, err);
	if (r > 0)
		d->count.sent += n;
	return r;
}

static int
scratch_of(const void *p, size_t n, struct err *err)
{
	cleanup_fd int fd = scratch(err);

	if (fd < 0)
		return -1;
	if (fs_write(fd, p, n))
		return err_sys(err, "E0816", "there is no memory for what is sent to a shared cache");
	return steal_fd(&fd);
}

int
depot_put_text(struct depot *d, const void *p, size_t n, struct hash *digest, struct err *err)
{
	cleanup_fd int fd = scratch_of(p, n, err);
	uint64_t size;

	return fd < 0 ? -1 : depot_put(d, fd, digest, &size, err);
}

int
depot_put_result(struct depot *d, const struct hash *key, const struct str *bytes, struct err *err)
{
	cleanup_fd int fd = scratch_of(bytes->s, bytes->len, err);
	cleanup_str struct str there = {0};
	char name[DEPOT_NAME];
	int r;

	if (fd < 0)
		return -1;
	r = depot_result(d, key, &there, err);
	if (r)
		return r < 0 ? -1 : there.len == bytes->len && !memcmp(there.s, bytes->s, bytes->len);
	d->count.asked++;
	r = d->by->put(d->state, name_of(name, "ac/", key), fd, bytes->len, err);
	if (r)
		return r;
	/* somebody else was first: is it the same? */
	r = depot_result(d, key, &there, err);
	return r <= 0 ? r : there.len == bytes->len && !memcmp(there.s, bytes->s, bytes->len);
}
