#include "cli/audit_folder.h"

#include "base/err.h"
#include "base/str.h"
#include "cli/audit.h"

/* NVIDIA's layout, or a root file system. */
static int
find_layout(struct folder_audit *f, const char *shown, struct err *err)
{
	static const char *const below[] = {"bootloader", "kernel", "apply_binaries.sh"};
	static const char *const root[] = {"boot", "lib", "usr"};

	for (size_t i = 0; i < ARRAY_LEN(below); i++)
		f->l4t |= view_find(&f->all, "rootfs") && view_find(&f->all, below[i]);
	view_below(&f->all, f->l4t ? "rootfs" : "", &f->root);
	f->applied = !f->l4t || view_find(&f->root, "etc/nv_tegra_release");
	for (size_t i = 0; !f->l4t && i < ARRAY_LEN(root); i++)
		if (view_find(&f->all, "etc") && view_find(&f->all, root[i]))
			return 0;
	if (f->l4t)
		return 0;
	err_set(err, "E1310", "`%s` is neither Linux_for_Tegra nor a root file system", shown);
	if (view_find(&f->all, "Linux_for_Tegra"))
		return err_help(err, "did you mean `%s/Linux_for_Tegra`?", shown);
	return err_help(err, "name the folder that holds `rootfs`, or one that holds `etc` and `boot`");
}

static void
take_look(struct audit *a, struct folder_audit *f, const struct look *l, struct err *err)
{
	struct audit_row row = {.check = l->check, .asked = l->asked};
	cleanup_str struct str got = {0};
	struct err own = {0};
	int r = l->run(f, &got, &own);

	row.state = r < 0 ? AUDIT_FAILED : r > 0 ? AUDIT_OPEN : AUDIT_OK;
	if (r < 0) {
		str_reset(&got);
		err_brief(&own, &got);
		err_move(err, &own);
	}
	err_free(&own);
	row.got = arena_strdup(&a->arena, str_text(&got));
	audit_add(a, &row);
}

int
audit_folder(struct audit *a, int dir, const char *shown, struct err *err)
{
	struct folder_audit f = {0};
	int r = view_folder(&f.all, dir, err);

	a->subject = shown;
	a->open = "cannot tell";
	if (!r)
		r = find_layout(&f, shown, err);
	for (const struct look *l = audit_looks; !r && l->check; l++)
		if (f.l4t || !l->l4t)
			take_look(a, &f, l, err);
	view_free(&f.root);
	view_free(&f.all);
	arena_free(&f.arena);
	return r || err_any(err) ? -1 : 0;
}
