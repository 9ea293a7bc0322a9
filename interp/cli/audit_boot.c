/* What can be told of how a tree boots, and of what it delivers. */
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "cli/audit_folder.h"
#include "data/blobcheck.h"
#include "data/bootcheck.h"
#include "data/overlay.h"
#include "data/extlinux.h"
#include "data/filecheck.h"
#include "data/outputs.h"
#include "data/schema.h"

#define MENU "boot/extlinux/extlinux.conf"
#define TORN "E1311"
enum { TEXT_MAX = 1 << 20 };

/* Boot menu, device trees */

int
look_menu(struct folder_audit *f, struct str *got, struct err *err)
{
	static const char *const initrd[] = {"/boot/initrd", NULL}, *const no[] = {"cma", NULL};
	const struct strings same = look_words(boot_isolation), without = look_words(no), later = look_words(initrd);
	const struct boot_rules rules = {.menu = MENU,
					 .loader_root = true,
					 .same = &same,
					 .without = &without,
					 .later = f->applied ? NULL : &later};

	if (!view_follow(&f->root, MENU))
		return look_open(got, "there is no boot/extlinux/extlinux.conf");
	return bootcheck(&f->root, &rules, got, err);
}

int
look_template(struct folder_audit *f, struct str *got, struct err *err)
{
	const struct view_file *a = view_follow(&f->all, "bootloader/extlinux.conf"), *b = view_follow(&f->root, MENU);
	cleanup_str struct str ta = {0}, tb = {0};

	if (!a || !b)
		return look_open(got, "one of the two is not there");
	if (view_read(&f->all, a, TEXT_MAX, &ta, err) || view_read(&f->root, b, TEXT_MAX, &tb, err))
		return -1;
	if (strcmp(str_text(&ta), str_text(&tb)))
		return err_set(err, TORN,
			       "`%s` and `rootfs/%s` differ: apply_binaries.sh puts the first in place of the second",
			       a->path, MENU);
	str_add(got, "equal");
	return 0;
}

int
look_blobs(struct folder_audit *f, struct str *got, struct err *err)
{
	size_t n = 0, bad = 0;

	for (size_t i = 0; i < f->all.n; i++) {
		const struct view_file *b = &f->all.v[i];
		cleanup_str struct str bytes = {0};

		if (!S_ISREG(b->mode) || !(str_ends(b->path, ".dtb") || str_ends(b->path, ".dtbo")))
			continue;
		n++;
		bad += blob_read(&f->all, b, &bytes, err) != 0;
	}
	if (!n)
		return look_open(got, "there is no .dtb and no .dtbo");
	str_addf(got, "%zu whole", n - bad);
	return bad ? -1 : 0;
}

static int
check_overlays(struct folder_audit *f, const struct extlinux_entry *e, struct str *got, struct err *err)
{
	const struct view_file *base = e->fdt ? view_follow(&f->root, e->fdt) : NULL;
	cleanup_str struct str under = {0};

	if (!e->overlays || !e->overlays->n) {
		str_add(got, "none is named");
		return 0;
	}
	if (!base)
		return look_open(got, "the base is not there");
	if (blob_read(&f->root, base, &under, err))
		return -1;
	for (size_t i = 0; i < e->overlays->n; i++) {
		const struct view_file *o = view_follow(&f->root, e->overlays->v[i]);
		cleanup_str struct str text = {0};

		if (!o)
			return look_open(got, "an overlay is not there");
		if (blob_read(&f->root, o, &text, err) ||
		    blob_overlay(&(struct dtb_blob){.shown = o->path, .p = text.s, .n = text.len},
				 &(struct dtb_blob){.shown = base->path, .p = under.s, .n = under.len}, true, got, err))
			return -1;
	}
	return 0;
}

int
look_overlays(struct folder_audit *f, struct str *got, struct err *err)
{
	const struct view_file *menu = view_follow(&f->root, MENU);
	cleanup_str struct str text = {0};
	struct extlinux_entry e;
	struct err unsaid = {0};
	int r = !menu || view_read(&f->root, menu, TEXT_MAX, &text, &unsaid) ||
		extlinux_read(str_text(&text), NULL, &f->arena, &e, &unsaid);

	err_free(&unsaid);
	return r ? look_open(got, "no boot menu names any") : check_overlays(f, &e, got, err);
}

/* What is delivered */

int
look_keys(struct folder_audit *f, struct str *got, struct err *err)
{
	static const char *const keys[] = {"etc/ssh/ssh_host_*", NULL};
	const struct strings absent = look_words(keys);
	const struct file_rules rules = {.absent = &absent};

	return filecheck(&f->root, &rules, got, err);
}

int
look_manifest(struct folder_audit *f, struct str *got, struct err *err)
{
	static const char *const places[] = {"BUILD_MANIFEST.json", "rootfs/etc/jetson-av-build.json",
					     "etc/jetson-av-build.json"};
	const char *path = NULL;
	int r;

	for (size_t i = 0; !path && i < ARRAY_LEN(places); i++)
		path = view_follow(&f->all, places[i]) ? places[i] : NULL;
	if (!path)
		return look_open(got, "there is no BUILD_MANIFEST.json and no etc/jetson-av-build.json");
	r = outputs_check(&f->all, path, got, err);
	if (r && err->head && str_eq(err->head->code, "E1205")) {
		err_free(err);
		return look_open(got, "the manifest lists no files with their hashes");
	}
	return r;
}
