/* pack: files and results as one archive */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/archive_write.h"
#include "model/entry_member.h"
#include "model/gather.h"
#include "model/job.h"
#include "model/prim.h"

struct pack_params {
	struct sources sources;
	const char *name;
	const char *format;
	const char *prefix;
	int64_t level;
	struct strings exclude;
};

static const char *const formats[] = {"tar.zst", "tar.xz", "tar.gz", "tar", NULL};

static const struct param params[] = {
	PARAM(pack_params, sources, P_SOURCE, P_OPERAND | P_LIST | P_GLOB | P_REQUIRED,
	      "What is packed, laid out as copy does: a file under its own name, of a folder or a result what it holds."),
	PARAM(pack_params, name, P_PATH, P_REQUIRED, "The archive's name in the result, such as \"rootfs.tar.zst\"."),
	PARAM_CHOICE(pack_params, format, 0, formats, NULL, "How it is packed; taken from the name unless told."),
	PARAM_DEF(pack_params, prefix, P_PATH, 0, "", "A folder that everything lies in, inside the archive."),
	PARAM_RANGE(
		pack_params, level, P_INT, 0, 0, 19, "0",
		"How hard is tried to make it small: up to 9, for zst up to 19; 0 is what the program does unasked."),
	PARAM(pack_params, exclude, P_STRING, P_LIST | P_PLAIN,
	      "Patterns of what is left out, as in copy. Each must match something."),
	{0},
};

/* The format, or NULL when the name does not say it. */
static const char *
format_of(const struct pack_params *p)
{
	if (p->format)
		return p->format;
	for (size_t i = 0; formats[i]; i++) {
		size_t n = strlen(p->name), k = strlen(formats[i]);

		if (n > k + 1 && p->name[n - k - 1] == '.' && !strcmp(p->name + n - k, formats[i]))
			return formats[i];
	}
	return NULL;
}

static int
check(const void *arg, struct err *err)
{
	const struct pack_params *p = arg;
	const char *format = format_of(p);

	if (!format) {
		err_set(err, "E0105", "the name `%s` does not say how to pack", p->name);
		err_field(err, "name");
		err_label(err, "no known ending");
		return err_help(err, "let it end in .tar.zst, .tar.xz, .tar.gz or .tar, or give `format`");
	}
	if (p->level <= arc_out_max_level(format))
		return 0;
	err_set(err, "E0104", "%s has no level %d", format, (int)p->level);
	err_field(err, "level");
	err_label(err, "too high");
	return err_help(err, "the highest is %d", arc_out_max_level(format));
}

static int
add_piece(struct job *job, const struct pack_params *p, struct arc_out *out, const struct piece *piece, struct err *err)
{
	const struct entry *e = piece->entry;
	struct member m = entry_member(e, job_epoch(job));
	cleanup_fd int fd = -1;

	m.name = *p->prefix ? arena_printf(job_arena(job), "%s/%s", p->prefix, piece->path) : piece->path;
	if (S_ISREG(e->mode)) {
		fd = piece_open(job, piece, err);
		if (fd < 0)
			return -1;
	}
	return arc_out_add(out, &m, fd, err);
}

/* "a" and "a/b" for the prefix a/b. */
static int
add_prefix(struct job *job, const char *prefix, struct arc_out *out, struct err *err)
{
	size_t n = 0;
	int r = 0;

	while (prefix[n] && !r) {
		struct member m = {.mode = S_IFDIR | 0755, .mtime = job_epoch(job)};

		n += strcspn(prefix + n, "/");
		m.name = arena_strndup(job_arena(job), prefix, n);
		r = arc_out_add(out, &m, -1, err);
		n += prefix[n] == '/';
	}
	return r;
}

static int
add_all(struct job *job, const struct pack_params *p, const struct pieces *all, int fd, struct err *err)
{
	struct arc_out_opts opts = {.format = format_of(p), .level = (int)p->level, .threads = job_cpus(job)};
	struct arc_out *out = arc_out_open(fd, &opts, err);
	int r;

	if (!out)
		return -1;
	r = add_prefix(job, p->prefix, out, err);
	for (size_t i = 0; i < all->n && !r; i++) {
		r = add_piece(job, p, out, &all->v[i], err);
		job_progress(job, i + 1, all->n);
	}
	if (!r)
		r = arc_out_end(out, err);
	arc_out_free(out);
	return r;
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct pack_params *p = arg;
	struct gather_opts opts = {.exclude = &p->exclude};
	struct entry e = {.path = p->name, .mode = S_IFREG | 0644};
	cleanup_fd int fd = -1;
	struct pieces all;
	struct stat st;

	if (gather(job, &p->sources, &opts, &all, err))
		return -1;
	fd = layer_open_file(job_layer(job), &e, err);
	if (fd < 0 || add_all(job, p, &all, fd, err))
		return -1;
	if (fstat(fd, &st))
		return err_sys(err, "E0125", "cannot look at `%s`", p->name);
	return layer_close_file(job_layer(job), &e, steal_fd(&fd), NULL, (uint64_t)st.st_size, err);
}

const struct prim prim_pack = {
	.name = "pack",
	.doc = "Packs files and results into one archive. Entries are sorted, their time is the build's epoch, owners, "
	       "modes, devices and extended attributes are those of the result; equal contents give equal bytes, however "
	       "many processors work on it.",
	.params = params,
	.size = sizeof(struct pack_params),
	.version = 2, /* 1: `hdrcharset` in front of every member */
	.flags = PRIM_EPOCH,
	.example = "pack \"rootfs\" { root, name = \"rootfs.tar.zst\" }\n",
	.run = run,
	.check = check,
};
