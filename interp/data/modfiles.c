#include "data/modfiles.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/str.h"
#include "data/archive.h"
#include "data/kexports.h"
#include "data/modread.h"
#include "data/vermagic.h"
#include "os/fs.h"
#include "os/guard.h"

#define CODE "E0708"
enum { TEXT_MAX = 64 << 20, FILE_MAX = 512 << 20, NESTED = 3 };

enum part { MODULE, CONFIG, RELEASE, SYMVERS, CERTIFICATE, IMAGE, NONE };

/* The names that count: all of a path's end, or its beginning in a folder `boot`, behind which the release stands. */
static const struct {
	enum part part;
	const char *end, *in_boot;
} names[] = {
	{CONFIG, ".config", "config-"},
	{RELEASE, "include/generated/utsrelease.h", NULL},
	{RELEASE, "include/config/kernel.release", NULL},
	{SYMVERS, "Module.symvers", NULL},
	{CERTIFICATE, "certs/signing_key.x509", NULL},
	{IMAGE, NULL, "vmlinuz-"},
	{IMAGE, NULL, "vmlinux-"},
	{IMAGE, NULL, "Image-"},
};

static enum part
part_of(struct arena *a, const char *path, const char **home)
{
	const char *base = path_base(path);
	size_t n = strlen(path), dir = (size_t)(base - path);

	if (module_file_name(base))
		return MODULE;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *end = names[i].end, *boot = names[i].in_boot;
		size_t k = end ? strlen(end) : 0;

		if (end && n >= k && !strcmp(path + n - k, end) && (n == k || path[n - k - 1] == '/')) {
			*home = arena_strndup(a, path, n == k ? 0 : n - k - 1);
			return names[i].part;
		}
		if (boot && str_starts(base, boot) && (!dir || str_ends(arena_strndup(a, path, dir), "boot/"))) {
			*home = arena_printf(a, "%.*s*-%s", (int)dir, path, base + strlen(boot));
			return names[i].part;
		}
	}
	return NONE;
}

static struct kernel_files *
kernel_at(struct modfiles *f, const char *home)
{
	for (size_t i = 0; i < f->n; i++)
		if (!strcmp(f->v[i].home, home) && f->v[i].given == f->set.adds_known)
			return &f->v[i];
	GROW(f->v, f->n, f->cap);
	f->v[f->n] = (struct kernel_files){.home = home, .given = f->set.adds_known};
	return &f->v[f->n++];
}

static void
take_release(struct modfiles *f, struct kernel_files *k, const char *text, size_t n)
{
	cleanup_str struct str release = {0};

	str_addn(&release, text, n);
	vermagic_release(&release);
	/* utsrelease.h is what the compiler saw, and stands before kernel.release wherever it says one */
	if (release.len && (!k->release || memmem(text, n, "UTS_RELEASE", 11)))
		k->release = arena_strdup(&f->arena, release.s);
}

/* An image that cannot be unpacked says nothing, as if it were not there. Of a file's mapping it is a part. */
static void
take_image(struct modfiles *f, struct kernel_files *k, const char *path, const void *p, size_t n, bool mapped)
{
	cleanup_str struct str room = {0};
	struct err unsaid = {0};
	const void *image;
	size_t size;

	if (!kexports_unpack(p, n, path, &room, &image, &size, &unsaid)) {
		k->image = mapped && image == p ? p : arena_memdup(&f->arena, image, size);
		k->nimage = size;
		k->image_path = arena_strdup(&f->arena, path);
	}
	err_free(&unsaid);
}

static void
take(struct modfiles *f, enum part part, const char *home, const char *path, const void *p, size_t n)
{
	struct kernel_files *k = kernel_at(f, home);
	const char *star = strchr(k->home, '*');

	if (star && !k->release)
		k->release = arena_strdup(&f->arena, star + 2);
	switch (part) {
	case CONFIG: k->config = arena_strndup(&f->arena, p, n); break;
	case RELEASE: take_release(f, k, p, n); break;
	case SYMVERS:
		/* that of modules built outside lies beside them */
		if (!memmem(p, n, "\tvmlinux\t", 9))
			break;
		k->symvers = arena_strndup(&f->arena, p, n);
		k->nsymvers = n;
		break;
	case CERTIFICATE:
		k->certificate = arena_memdup(&f->arena, p, n);
		k->ncertificate = n;
		break;
	case IMAGE: take_image(f, k, path, p, n, false); break;
	default: break;
	}
}

/* Folders */

static void
map_image(struct modfiles *f, const char *home, const char *path, int fd)
{
	struct kernel_files *k = kernel_at(f, home);
	const char *star = strchr(home, '*');
	struct stat st;
	void *p;

	if (k->image || fd < 0 || fstat(fd, &st) || st.st_size <= 0 || st.st_size > FILE_MAX)
		return;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return;
	k->release = k->release || !star ? k->release : arena_strdup(&f->arena, star + 2);
	k->mapped = p;
	k->guard = guard_begin(p, (size_t)st.st_size);
	k->nmapped = (size_t)st.st_size;
	take_image(f, k, path, p, k->nmapped, true);
}

static void
take_fd(struct modfiles *f, enum part part, const char *home, const char *path, int fd)
{
	cleanup_str struct str text = {0};

	if (part == IMAGE)
		map_image(f, home, path, fd);
	else if (part == MODULE)
		modread_one(&f->set, path, fd);
	else if (fd >= 0 && !fs_read(fd, &text, TEXT_MAX))
		take(f, part, home, path, str_text(&text), text.len);
}

/* Modules are many, and read together at the end. */
struct walking {
	struct modfiles *f;
	const char **modules;
	size_t n, cap;
};

static int
visit(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	struct walking *w = ctx;
	struct modfiles *f = w->f;
	const char *home = "";
	enum part part = S_ISREG(st->st_mode) ? part_of(&f->arena, path, &home) : NONE;
	cleanup_fd int fd = -1;

	f->links += S_ISLNK(st->st_mode) && !f->set.adds_known && module_file_name(name);
	if (part == NONE)
		return 0;
	if (part == MODULE) {
		GROW(w->modules, w->n, w->cap);
		w->modules[w->n++] = arena_strdup(&f->arena, path);
		return 0;
	}
	fd = fs_open_nofollow(at, name, O_RDONLY);
	take_fd(f, part, home, path, fd);
	return 0;
}

/* Headers, an O= folder, and where lib/modules/RELEASE/build leads: known by a .config at the top, and not walked
 * through. */
static bool
read_headers(struct modfiles *f, int dir, const char *below)
{
	cleanup_fd int top = openat(dir, below, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (top < 0 || !fs_exists(top, ".config"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		cleanup_fd int fd = names[i].end ? fs_open(top, names[i].end, O_RDONLY) : -1;

		if (fd >= 0)
			take_fd(f, names[i].part, arena_strdup(&f->arena, below), names[i].end, fd);
	}
	return true;
}

static int
read_folder(struct modfiles *f, int dir, const char *path, struct err *err)
{
	struct walking w = {.f = f};

	if (f->set.adds_known && (read_headers(f, dir, ".") || read_headers(f, dir, "devel")))
		return 0;
	if (fs_walk(dir, visit, &w)) {
		free(w.modules);
		return err_sys(err, CODE, "cannot read the folder `%s`", path);
	}
	modread(&f->set, dir, w.modules, w.n);
	free(w.modules);
	read_headers(f, dir, "build");
	return 0;
}

/* Archives */

static bool
is_archive(const char *name)
{
	static const char *const ends[] = {".tar",  ".tar.gz", ".tar.xz", ".tar.zst", ".tar.bz2",
					   ".tbz2", ".tgz",    ".zip",    ".deb"};

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (str_ends(name, ends[i]))
			return !str_starts(path_base(name), "control.");
	return false;
}

static int
take_member(struct modfiles *f, struct arc *arc, enum part part, const char *home, const char *path, struct err *err)
{
	cleanup_str struct str bytes = {0};
	size_t max = part == MODULE || part == IMAGE ? FILE_MAX : TEXT_MAX;
	char buf[1 << 16];
	ssize_t n;

	while ((n = arc_read(arc, buf, sizeof buf, err)) > 0) {
		if (bytes.len + (size_t)n > max)
			return err_set(err, CODE, "`%s` is too large for what its name says", path);
		str_addn(&bytes, buf, (size_t)n);
	}
	if (n < 0)
		return -1;
	if (part == MODULE)
		modset_add(&f->set, path, (struct place){0}, str_text(&bytes), bytes.len);
	else
		take(f, part, home, path, str_text(&bytes), bytes.len);
	return 0;
}

static int read_members(struct modfiles *f, struct arc *arc, int depth, struct err *err);

static int
read_inner(struct modfiles *f, struct arc *outer, const char *name, int depth, struct err *err)
{
	struct arc *arc = arc_open_member(outer, name, err);
	int r = arc ? read_members(f, arc, depth, err) : -1;

	if (arc)
		arc_close(arc);
	return r;
}

static int
read_members(struct modfiles *f, struct arc *arc, int depth, struct err *err)
{
	struct member m;
	int got;

	while ((got = arc_next(arc, &m, err)) > 0) {
		cleanup_free char *path = xstrdup(m.name);
		const char *home = "";
		enum part part;

		f->links += (S_ISLNK(m.mode) || m.hardlink) && !f->set.adds_known && module_file_name(path);
		if (!S_ISREG(m.mode) || m.hardlink || path_clean(path))
			continue;
		if (is_archive(path) && depth < NESTED) {
			if (read_inner(f, arc, path, depth + 1, err))
				return -1;
			continue;
		}
		part = part_of(&f->arena, path, &home);
		if (part != NONE && take_member(f, arc, part, home, path, err))
			return -1;
	}
	return got < 0 ? -1 : arc_finish(arc, err);
}

static int
read_archive(struct modfiles *f, int fd, const char *path, struct err *err)
{
	static const struct arc_limits limits = {.ratio = 2000, .floor = 64 << 20, .threads = 2};
	struct arc *arc = arc_open(fd, path, &limits, err);
	int r = arc ? read_members(f, arc, 1, err) : -1;

	if (arc)
		arc_close(arc);
	return r;
}

int
modfiles_read(struct modfiles *f, const char *path, bool kernel, struct err *err)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *home = "";
	enum part part;
	struct stat st;

	f->set.adds_known = kernel;
	if (fd < 0 || fstat(fd, &st))
		return err_sys(err, CODE, "cannot open `%s`", path);
	if (S_ISDIR(st.st_mode))
		return read_folder(f, fd, path, err);
	part = part_of(&f->arena, path_base(path), &home);
	if (part == NONE && kernel && !is_archive(path))
		part = IMAGE;
	if (part == NONE)
		return read_archive(f, fd, path, err);
	take_fd(f, part, home, path, fd);
	return 0;
}

void
modfiles_free(struct modfiles *f)
{
	modset_free(&f->set);
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].mapped) {
			guard_end(f->v[i].guard);
			munmap(f->v[i].mapped, f->v[i].nmapped);
		}
	free(f->v);
	arena_free(&f->arena);
	*f = (struct modfiles){0};
}
