/* What can be told of a tree that jkr need not have made, each as one look. The checks are those of recipes. */
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "cli/audit_folder.h"
#include "data/elf.h"
#include "data/filecheck.h"
#include "data/installed.h"
#include "data/kexports.h"
#include "data/modcheck.h"
#include "data/schema.h"

#define TORN "E1311"
enum { CONFIG_MAX = 8 << 20, SYMVERS_MAX = 64 << 20, IMAGE_MAX = 256 << 20 };

int
look_open(struct str *got, const char *why)
{
	str_reset(got);
	str_add(got, why);
	return 1;
}

struct strings
look_words(const char *const *v)
{
	struct strings s = {.v = (const char **)(uintptr_t)v};

	while (v[s.n])
		s.n++;
	return s;
}

/* Which release */

/* The first group of an expression in a file. 0 there is one. */
static int
find_value(const struct view *v, const char *path, const char *find, struct str *out)
{
	const char *const one[] = {path, NULL};
	const struct strings present = look_words(one);
	const struct file_rules rules = {.present = &present, .find = find};
	struct err unsaid = {0};
	int r = filecheck(v, &rules, out, &unsaid);

	err_free(&unsaid);
	return r;
}

/* A tree into which another release was unpacked: R36.4.3 says MAJOR 4 and MINOR 3 here, REVISION 4.3 there. */
static int
look_release(struct folder_audit *f, struct str *got, struct err *err)
{
	cleanup_str struct str major = {0}, minor = {0}, revision = {0}, bsp = {0};

	if (find_value(&f->all, "nv_tegra/bsp_version", "^BSP_MAJOR=(.*)$", &major) ||
	    find_value(&f->all, "nv_tegra/bsp_version", "^BSP_MINOR=(.*)$", &minor))
		return look_open(got, "nv_tegra/bsp_version does not say it");
	str_addf(&bsp, "%s.%s", str_text(&major), str_text(&minor));
	if (find_value(&f->root, "etc/nv_tegra_release", "REVISION: ([0-9.]+)", &revision))
		return look_open(got, "apply_binaries.sh has not run: there is no rootfs/etc/nv_tegra_release");
	if (strcmp(bsp.s, str_text(&revision)))
		return err_set(err, TORN, "the BSP is %s, and its files in rootfs are of %s", bsp.s,
			       str_text(&revision));
	str_add(got, bsp.s);
	return 0;
}

/* Kernel image */

static int
look_image(struct folder_audit *f, struct str *got, struct err *err)
{
	static const char *const there[] = {"kernel/Image", NULL}, *const in_root[] = {"boot/Image", NULL};
	const struct view *v =
		f->l4t && (view_follow(&f->all, *there) || !view_follow(&f->root, *in_root)) ? &f->all : &f->root;
	struct strings present = look_words(v == &f->all ? there : in_root);
	const struct file_rules rules = {.present = &present, .find = "Linux version ([0-9][^ ]*) ", .min_size = 1};

	if (!f->l4t && !view_follow(v, *in_root))
		return look_open(got, "there is no boot/Image");
	if (filecheck(v, &rules, got, err))
		return -1;
	if (!strchr(got->s, ','))
		f->release = arena_strdup(&f->arena, got->s);
	return 0;
}

static int
look_same_image(struct folder_audit *f, struct str *got, struct err *err)
{
	const struct view_file *a = view_follow(&f->all, "kernel/Image"), *b = view_follow(&f->root, "boot/Image");
	cleanup_fd int fa = -1, fb = -1;
	struct hash ha, hb;

	if (!a || !b)
		return look_open(got, !a ? "there is no kernel/Image" : "there is no rootfs/boot/Image");
	fa = view_open(&f->all, a, err);
	fb = view_open(&f->root, b, err);
	if (fa < 0 || fb < 0)
		return -1;
	if (hash_fd(fa, &ha, NULL) || hash_fd(fb, &hb, NULL))
		return err_sys(err, "E1301", "cannot read `%s`", a->path);
	if (hash_cmp(&ha, &hb))
		return err_set(err, TORN, "`kernel/Image` and `rootfs/boot/Image` are two kernels");
	str_add(got, "equal");
	return 0;
}

/* Modules */

/* A file of the kernel's headers or configuration, wherever a target keeps it. 0 there is one. */
static int
read_kernel_file(struct folder_audit *f, const char *const *places, const char *release, size_t max, struct str *out)
{
	struct err unsaid = {0};
	int r = -1;

	for (size_t i = 0; r && places[i]; i++) {
		const struct view_file *file =
			view_follow(&f->root, arena_printf(&f->arena, "%.*s%s%s", (int)strcspn(places[i], "*"),
							   places[i], release, strchr(places[i], '*') + 1));

		r = file ? view_read(&f->root, file, max, out, &unsaid) : -1;
		err_free(&unsaid);
	}
	return r;
}

static void
note(void *ctx, const char *text)
{
	str_addf(ctx, "; %s", text);
}

static int
add_modules(struct folder_audit *f, const struct installed *in, struct modset *set, struct err *err)
{
	for (size_t i = 0; i < f->root.n; i++) {
		const struct view_file *m = &f->root.v[i];
		cleanup_fd int fd = -1;

		if (!S_ISREG(m->mode) || !module_file_name(m->path) || !path_within(m->path, in->folder))
			continue;
		fd = view_open(&f->root, m, err);
		if (fd < 0 || modset_add_fd(set, m->path + strlen(in->folder) + 1, (struct place){0}, fd, err))
			return -1;
	}
	return 0;
}

/* Also where no configuration is known, all must be built for one kernel. */
static int
compare_vermagics(const struct modset *set, struct err *err)
{
	const struct set_module *first = NULL;

	for (size_t i = 0; i < set->n; i++) {
		const struct set_module *m = &set->v[i];

		if (m->damage)
			continue;
		if (!first)
			first = m;
		else if (strcmp(first->vermagic, m->vermagic))
			return err_set(err, TORN, "`%s` is built for `%s`, and `%s` for `%s`", first->shown,
				       first->vermagic, m->shown, m->vermagic);
	}
	return 0;
}

/* What the kernel that boots says itself of its symbols, where there is an image and they are found in it. */
static void
take_image(struct folder_audit *f, const char *release, struct modset *set)
{
	const char *places[] = {"boot/Image", arena_printf(&f->arena, "boot/vmlinuz-%s", release)};
	bool known = false;

	for (size_t i = 0; i < ARRAY_LEN(places) && !known; i++) {
		const struct view_file *file = view_follow(&f->root, places[i]);
		cleanup_str struct str bytes = {0}, room = {0};
		struct err unsaid = {0};
		const void *image;
		size_t n;

		if (file && !view_read(&f->root, file, IMAGE_MAX, &bytes, &unsaid) &&
		    !kexports_unpack(str_text(&bytes), bytes.len, places[i], &room, &image, &n, &unsaid))
			known = modset_image(set, image, n);
		err_free(&unsaid);
	}
}

static int
check_vermagic(struct folder_audit *f, const struct installed *in, struct str *got, struct err *err)
{
	static const char *const configs[] = {"lib/modules/*/build/.config", "usr/src/linux-headers-*/.config",
					      "boot/config-*", NULL},
				 *const lists[] = {"lib/modules/*/build/Module.symvers",
						   "usr/src/linux-headers-*/Module.symvers", NULL};
	cleanup_str struct str config = {0}, symvers = {0};
	struct modset set = {0};
	struct modcheck k = {.release = in->release, .twice = true, .ctx = got};
	int r = 0;

	if (!read_kernel_file(f, configs, in->release, CONFIG_MAX, &config))
		k.config = config.s, k.note = note;
	k.arch = vermagic_arch_of(str_text(&config));
	if (k.config) {
		take_image(f, in->release, &set);
		if (!read_kernel_file(f, lists, in->release, SYMVERS_MAX, &symvers))
			r = modset_symvers(&set, "Module.symvers", str_text(&symvers), symvers.len, err);
		set.with_symbols = k.symbols = set.has_symvers;
	}
	str_addf(got, "%zu modules of %s, %s", in->n, in->release,
		 k.symbols ? "every symbol there"
		 : k.config
			 ? "symbols not compared: there is no Module.symvers of the kernel, and the image does not say"
			 : "all equal; no .config is there to compare with");
	if (!r)
		r = add_modules(f, in, &set, err);
	if (!r)
		r = modcheck_run(&k, &set, err);
	if (!r)
		r = compare_vermagics(&set, err);
	modset_free(&set);
	return r;
}

/* One look says that there are none: others cannot tell. */
static bool
find_modules(struct folder_audit *f, struct installed *in)
{
	struct err unsaid = {0};
	bool there = !installed_find(&f->root, f->release, in, &unsaid);

	err_free(&unsaid);
	return there;
}

static int
look_vermagic(struct folder_audit *f, struct str *got, struct err *err)
{
	struct installed in;
	int r = find_modules(f, &in) ? check_vermagic(f, &in, got, err)
				     : look_open(got, "there are no modules of this kernel");

	installed_free(&in);
	return r;
}

static int
look_installed(struct folder_audit *f, struct str *got, struct err *err)
{
	const struct installed_rules rules = {
		.release = f->release, .once = true, .any_replaces = true, .indexed = true};

	return installed_check(&f->root, &rules, got, err);
}

static bool
holds(struct folder_audit *f, const struct installed_rules *r)
{
	cleanup_str struct str got = {0};
	struct err unsaid = {0};
	bool yes = !installed_check(&f->root, r, &got, &unsaid);

	err_free(&unsaid);
	return yes;
}

static int
look_disk(struct folder_audit *f, struct str *got, struct err *err)
{
	static const char *const nvme[] = {"nvme", NULL};
	const struct strings list = look_words(nvme);
	struct installed_rules rules = {.release = f->release, .present = &list};

	(void)err;
	if (!holds(f, &rules))
		return look_open(got, "nvme is neither built in nor a module: the root file system may be elsewhere");
	rules.present = NULL;
	rules.loadable = &list;
	if (holds(f, &rules))
		return look_open(got, "nvme is a module: an initrd has to bring it, and is not looked into");
	str_add(got, "nvme is built in");
	return 0;
}

/* Headers */

/* Programs in the headers must run where modules are built with them. */
static int
check_program(struct folder_audit *f, const struct view_file *p, struct str *got, struct err *err)
{
	cleanup_fd int fd = view_open(&f->root, p, err);
	unsigned char head[20];
	char buf[32];
	unsigned machine;

	if (fd < 0)
		return -1;
	if (read(fd, head, sizeof head) != sizeof head || memcmp(head, "\177ELF", 4))
		return err_set(err, "E1304", "`%s` is no program", p->path);
	machine = head[5] == 2 ? (unsigned)head[18] << 8 | head[19] : (unsigned)head[19] << 8 | head[18];
	if (machine != 183)
		return err_set(err, TORN,
			       "`%s` is a program for %s: no module can be built with these headers on the target",
			       p->path, elf_machine_name((uint16_t)machine, head[4] == 2, buf));
	str_add(got, ", its programs run there");
	return 0;
}

static int
look_headers(struct folder_audit *f, struct str *got, struct err *err)
{
	static const char *const packages[] = {"staging/kernel-headers/linux-headers-*.deb", "opt/kernel-headers/*.deb",
					       NULL};
	const struct view_file *dir, *program;
	struct installed in;
	const char *build = find_modules(f, &in) ? arena_printf(&f->arena, "%s/build", in.folder) : NULL;

	installed_free(&in);
	if (!build)
		return look_open(got, "there are no modules of this kernel");
	dir = view_follow(&f->root, build);
	for (size_t i = 0; !dir && packages[i]; i++) {
		const struct view_file *p = view_match(i ? &f->root : &f->all, packages[i], 0);

		if (p && p->size) {
			str_addf(got, "the package %s", path_base(p->path));
			return 0;
		}
	}
	if (!dir && !f->l4t)
		return look_open(got, "there are none");
	if (!dir)
		return err_set(err, "E1302", "`%s` leads nowhere, and there is no package with headers", build);
	str_add(got, dir->path);
	program = view_find(&f->root, arena_printf(&f->arena, "%s/scripts/basic/fixdep", dir->path));
	return program ? check_program(f, program, got, err) : 0;
}

const struct look audit_looks[] = {
	{"release", "BSP and rootfs of one", true, look_release},
	{"image", "a kernel that says its release", false, look_image},
	{"image in rootfs", "the one that is flashed", true, look_same_image},
	{"vermagic", "the kernel loads every module", false, look_vermagic},
	{"modules", "each once, in modules.dep", false, look_installed},
	{"disk", "nvme before the root file system", false, look_disk},
	{"headers", "modules can be built on the target", false, look_headers},
	{"boot menu", "one root=, files there, no cma=, same cores", false, look_menu},
	{"boot menu in BSP", "the one of rootfs", true, look_template},
	{"device trees", "each blob whole", false, look_blobs},
	{"overlays", "apply to the FDT", false, look_overlays},
	{"ssh host keys", "none", false, look_keys},
	{"manifest", "files as it says", false, look_manifest},
	{0},
};
