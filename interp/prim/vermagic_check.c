/* vermagic_check: whether modules can be loaded by the kernel they are meant for */
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "data/kexports.h"
#include "data/modcheck.h"
#include "data/schema.h"
#include "model/job.h"
#include "model/prim.h"
#include "model/viewed.h"
#include "os/fs.h"

#define MAX_CONFIG ((size_t)8 << 20)
#define MAX_IMAGE ((size_t)512 << 20)
#define MAX_SYMVERS ((size_t)64 << 20)

struct vermagic_check_params {
	struct sources modules;
	struct source kernel;
	const char *release;
	struct source config;
	struct sources symvers, certificates;
	struct source image;
	const char *arch;
	bool symbols;
	struct strings allow, allow_missing, replaces;
};

static const char *const arches[] = {"arm64",   "arm",  "x86_64", "i386",      "riscv",
				     "powerpc", "mips", "s390",   "loongarch", NULL};

static const struct param params[] = {
	PARAM(vermagic_check_params, modules, P_SOURCE, P_OPERAND | P_LIST | P_REQUIRED | P_GLOB,
	      "The modules: results, folders or files. Every .ko in them is checked, also .ko.gz, .ko.xz and .ko.zst."),
	PARAM(vermagic_check_params, kernel, P_STEP, 0,
	      "The kernel that shall load them: a result with its devel files (.config, include/config/kernel.release, "
	      "Module.symvers) at its top or in devel/."),
	PARAM(vermagic_check_params, release, P_STRING, P_PLAIN,
	      "The kernel's release, instead of what `kernel` says."),
	PARAM(vermagic_check_params, config, P_SOURCE, 0, "The kernel's .config, instead of that of `kernel`."),
	PARAM(vermagic_check_params, symvers, P_SOURCE, P_LIST,
	      "Module.symvers files of the kernel and of other modules, instead of that of `kernel`."),
	PARAM(vermagic_check_params, image, P_SOURCE, 0,
	      "The kernel's image (Image, Image.gz, bzImage, vmlinuz): what it exports itself, with its CRCs, stands before what Module.symvers "
	      "says, and the keys in it are those that modules must be signed by where the kernel wants signatures."),
	PARAM(vermagic_check_params, certificates, P_SOURCE, P_LIST,
	      "Certificates, in DER or PEM, of which one must have signed every module, also where the kernel loads others."),
	PARAM_CHOICE(vermagic_check_params, arch, 0, arches, NULL,
		     "The architecture; from the .config where it is not given."),
	PARAM_DEF(vermagic_check_params, symbols, P_BOOL, 0, "false",
		  "Whether every symbol must be exported by somebody, with the CRC that the module was built against."),
	PARAM(vermagic_check_params, allow, P_STRING, P_LIST,
	      "Modules, by name or path, that may misfit; the record names them."),
	PARAM(vermagic_check_params, replaces, P_STRING, P_LIST | P_PLAIN,
	      "Modules of the kernel that one built outside replaces: they may be there twice. The same list as `depmod` takes."),
	PARAM(vermagic_check_params, allow_missing, P_STRING, P_LIST, "Symbols that nobody need export."),
	{0},
};

/* What is known of the kernel. */
struct kernel {
	struct str release, config;
	bool has_config;
};

static int
add_from_tree(struct modset *set, const struct source *src, const struct tree *t, const char *sub, struct err *err)
{
	size_t n, first = tree_range(t, sub, &n);

	for (size_t i = first; i < first + n; i++) {
		const struct entry *e = &t->v[i];
		cleanup_fd int fd = -1;

		if (!S_ISREG(e->mode) || !module_file_name(e->path))
			continue;
		fd = tree_open(t, e->path, err);
		if (fd < 0 || modset_add_fd(set, e->path, src->at, fd, err))
			return -1;
	}
	return 0;
}

static int
add_source(struct job *job, struct modset *set, const struct source *src, struct err *err)
{
	const char *sub = "", *shown;
	const struct tree *t;
	cleanup_fd int fd = -1;

	if (source_folder(job, src, &t, &sub, err))
		return -1;
	if (t)
		return add_from_tree(set, src, t, sub, err);
	fd = job_open(job, src, err);
	if (fd < 0)
		return -1;
	shown = src->kind == SRC_FILE ? src->file.shown : src->ref.path;
	return modset_add_fd(set, shown, src->at, fd, err);
}

static int
read_source(struct job *job, const struct source *src, size_t max, struct str *out, struct err *err)
{
	cleanup_fd int fd = job_open(job, src, err);

	if (fd < 0)
		return -1;
	if (fs_read(fd, out, max))
		return err_sys(err, "E0709", "cannot read `%s`", job_source_name(job, src));
	return 0;
}

/* A file of the kernel's devel folder: 1 read, 0 there is none, -1 with a sentence. */
static int
read_devel(const struct tree *t, const char *sub, const char *name, size_t max, struct str *out, struct err *err)
{
	cleanup_str struct str path = {0};

	str_addf(&path, "%s%s%s", sub, *sub ? "/" : "", name);
	if (!tree_find(t, path.s))
		return 0;
	return tree_read(t, path.s, out, max, err) ? -1 : 1;
}

static int
read_kernel(struct job *job, const struct vermagic_check_params *p, struct kernel *k, struct modset *set,
	    struct err *err)
{
	const struct tree *t = job_tree(job, &p->kernel, err);
	cleanup_str struct str symvers = {0}, devel = {0};
	const char *sub = p->kernel.ref.path;
	int r = 0;

	if (!t)
		return -1;
	str_addf(&devel, "%s%sdevel", sub, *sub ? "/" : "");
	if (tree_find(t, devel.s))
		sub = devel.s;
	if (!p->release) {
		r = read_devel(t, sub, "include/generated/utsrelease.h", MAX_CONFIG, &k->release, err);
		vermagic_release(&k->release);
		if (r >= 0 && !k->release.len)
			r = read_devel(t, sub, "include/config/kernel.release", 4096, &k->release, err);
		vermagic_release(&k->release);
	}
	if (r >= 0 && p->config.kind == SRC_NONE) {
		r = read_devel(t, sub, ".config", MAX_CONFIG, &k->config, err);
		k->has_config = r > 0;
	}
	if (r >= 0 && p->symbols && !p->symvers.n) {
		r = read_devel(t, sub, "Module.symvers", MAX_SYMVERS, &symvers, err);
		if (r > 0)
			r = modset_symvers(set, "Module.symvers", str_text(&symvers), symvers.len, err);
	}
	return r < 0 ? -1 : 0;
}

/* Before any module is read, for a signature is proved while its module's bytes are there. */
static int
read_keys(struct job *job, const struct vermagic_check_params *p, struct modset *set, struct err *err)
{
	for (size_t i = 0; i < p->certificates.n; i++) {
		const struct source *src = &p->certificates.v[i];
		cleanup_str struct str text = {0};

		if (read_source(job, src, MAX_CONFIG, &text, err) ||
		    modsign_add(&set->keys, str_text(&text), text.len, job_source_name(job, src), err))
			return err_at_all(err, src->at), -1;
	}
	return 0;
}

static int
read_image(struct job *job, const struct vermagic_check_params *p, const struct kernel *k, struct modset *set,
	   struct err *err)
{
	cleanup_str struct str file = {0}, room = {0};
	const char *name;
	const void *image;
	size_t n;

	if (p->image.kind == SRC_NONE)
		return 0;
	name = job_source_name(job, &p->image);
	if (read_source(job, &p->image, MAX_IMAGE, &file, err))
		return -1;
	if (kexports_unpack(str_text(&file), file.len, name, &room, &image, &n, err))
		return -1;
	if (p->symbols && !modset_image(set, image, n)) {
		err_set(err, "E0709", "what `%s` exports was not found in it", name);
		err_at(err, p->image.at);
		return err_help(
			err, "give the image of a kernel with MODULES=y for arm64, riscv or x86, or leave `image` out");
	}
	if (!p->certificates.n && k->has_config && config_is(str_text(&k->config), "MODULE_SIG_FORCE"))
		modsign_scan(&set->keys, image, n);
	return 0;
}

static int
describe_kernel(struct job *job, const struct vermagic_check_params *p, struct kernel *k, struct modset *set,
		struct err *err)
{
	if (read_keys(job, p, set, err))
		return -1;
	if (p->kernel.kind != SRC_NONE && read_kernel(job, p, k, set, err))
		return -1;
	if (p->release)
		str_add(&k->release, p->release);
	if (p->config.kind != SRC_NONE) {
		if (read_source(job, &p->config, MAX_CONFIG, &k->config, err))
			return -1;
		k->has_config = true;
	}
	for (size_t i = 0; p->symbols && i < p->symvers.n; i++) {
		cleanup_str struct str text = {0};

		if (read_source(job, &p->symvers.v[i], MAX_SYMVERS, &text, err) ||
		    modset_symvers(set, job_source_name(job, &p->symvers.v[i]), str_text(&text), text.len, err))
			return -1;
	}
	return read_image(job, p, k, set, err);
}

static int
lacks(const struct vermagic_check_params *p, const char *what, const char *param, struct err *err)
{
	err_set(err, "E0709", "the kernel's %s is not known", what);
	err_at(err, p->kernel.at);
	return err_help(err, "let `kernel` name a result with the kernel's devel files, or give `%s`", param);
}

static void
note(void *ctx, const char *text)
{
	job_note(ctx, "%s", text);
}

static int
verdict(struct job *job, const struct vermagic_check_params *p, const struct kernel *k, struct modset *set,
	struct err *err)
{
	struct modcheck c = {.release = str_text(&k->release),
			     .config = k->has_config ? str_text(&k->config) : NULL,
			     .symbols = p->symbols,
			     .signatures = p->certificates.n > 0,
			     .allow = p->allow.v,
			     .allow_at = p->allow.at,
			     .nallow = p->allow.n,
			     .allow_missing = p->allow_missing.v,
			     .nallow_missing = p->allow_missing.n,
			     .replaces = p->replaces.v,
			     .nreplaces = p->replaces.n,
			     .note = note,
			     .ctx = job};

	if (!k->release.len)
		return lacks(p, "release", "release", err);
	if (!c.config && p->kernel.kind != SRC_NONE)
		return lacks(p, ".config", "config", err);
	if (p->symbols && !set->has_symvers)
		return lacks(p, "Module.symvers", "symvers", err);
	if (!set->n) {
		err_set(err, "E0708", "there are no modules to check in `%s`", job_name(job));
		return err_help(err, "its sources hold no file whose name ends in .ko, .ko.gz, .ko.xz or .ko.zst");
	}
	c.arch = p->arch    ? vermagic_arch_named(p->arch)
		 : c.config ? vermagic_arch_of(c.config)
			    : (struct vermagic_arch){0};
	if (modcheck_run(&c, set, err))
		return -1;
	job_note(job, "%zu module%s fit%s %s", set->n, set->n == 1 ? "" : "s", set->n == 1 ? "s" : "", c.release);
	return 0;
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct vermagic_check_params *p = arg;
	struct modset set = {.with_symbols = p->symbols};
	struct kernel k = {0};
	int r = describe_kernel(job, p, &k, &set, err);

	for (size_t i = 0; !r && i < p->modules.n; i++) {
		r = add_source(job, &set, &p->modules.v[i], err);
		if (r)
			err_at_all(err, p->modules.v[i].at);
	}
	if (!r)
		r = verdict(job, p, &k, &set, err);
	modset_free(&set);
	str_free(&k.release);
	str_free(&k.config);
	return r;
}

static int
check(const void *arg, struct err *err)
{
	const struct vermagic_check_params *p = arg;

	if (p->kernel.kind == SRC_NONE && !p->release) {
		err_set(err, "E0712", "vermagic_check does not say which kernel");
		err_label(err, "needs `kernel`");
		return err_help(err, "give `kernel`, or `release` and `config`");
	}
	return 0;
}

static void
asked(const void *arg, struct str *out)
{
	const struct vermagic_check_params *p = arg;

	str_addf(out, "modules that this kernel loads%s%s", p->symbols ? ", every symbol there" : "",
		 p->certificates.n ? ", signed" : "");
}

const struct prim prim_vermagic_check = {
	.name = "vermagic_check",
	.doc = "Checks that modules can be loaded by a kernel. Compares vermagic and architecture of every module and, with "
	       "`symbols`, each symbol and its CRC; a damaged module, an unsigned one where the kernel wants signatures, "
	       "and a check over no modules fail too.",
	.params = params,
	.size = sizeof(struct vermagic_check_params),
	.version = 2,
	.flags = PRIM_CHECK,
	.example = "vermagic_check \"loadable\" { linux.modules, hello, kernel = linux, symbols = true }",
	.run = run,
	.check = check,
	.asked = asked,
};
