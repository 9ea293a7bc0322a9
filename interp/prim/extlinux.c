/* extlinux: an entry of a boot menu: kernel, initrd, device tree, overlays, arguments */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/str.h"
#include "data/extlinux.h"
#include "model/job.h"
#include "model/prim.h"

#define FILE_MAX ((size_t)1 << 20)
#define CODE "E0566"

struct extlinux_params {
	const char *path;
	const char *label;
	const char *linux, *initrd, *fdt;
	struct strings overlays;
	struct strings args, without;
};

static const struct param params[] = {
	PARAM(extlinux_params, path, P_PATH, P_OPERAND | P_REQUIRED, "The file, inside the tree."),
	PARAM(extlinux_params, label, P_STRING, P_PLAIN, "The entry; the one that DEFAULT names unless told."),
	PARAM(extlinux_params, linux, P_STRING, P_PLAIN, "The kernel, as the loader finds it: \"/boot/Image\"."),
	PARAM(extlinux_params, initrd, P_STRING, P_PLAIN, "The initrd, likewise."),
	PARAM(extlinux_params, fdt, P_STRING, P_PLAIN,
	      "The device tree, likewise. Without an FDT line loaders such as NVIDIA's ignore OVERLAYS."),
	PARAM(extlinux_params, overlays, P_STRING, P_LIST | P_PLAIN,
	      "The overlays, in the order they are applied; they need `fdt`."),
	PARAM(extlinux_params, args, P_STRING, P_LIST | P_PLAIN,
	      "Arguments of the kernel, such as \"rootwait\" and \"root=/dev/nvme0n1p1\". Each takes the place of all that have its name."),
	PARAM(extlinux_params, without, P_STRING, P_LIST | P_PLAIN,
	      "Names of arguments that go, whatever their value; one that is not there is fine."),
	{0},
};

static int
check_args(const struct strings *list, const char *field, bool names, struct err *err)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *s = list->v[i];

		if (*s && *s != '=' && !strpbrk(s, names ? " \t=" : " \t"))
			continue;
		err_set(err, CODE, "`%s` in `%s` is not %s", s, field,
			names ? "the name of an argument" : "one argument");
		if (list->at)
			err_at(err, list->at[i]);
	}
	return err_any(err) ? -1 : 0;
}

static int
check(const void *arg, struct err *err)
{
	const struct extlinux_params *p = arg;

	if (p->overlays.n && !p->fdt) {
		err_set(err, CODE,
			"`overlays` without `fdt` have no effect: the loader applies them to the tree that FDT names");
		err_field(err, "overlays");
		return err_help(err, "give `fdt` too");
	}
	check_args(&p->args, "args", false, err);
	return check_args(&p->without, "without", true, err);
}

static int
read_file(struct job *job, const char *path, const struct entry **e, struct str *text, struct err *err)
{
	const struct tree *t = job_below(job);
	const char *near;

	*e = tree_find(t, path);
	if (*e && S_ISREG((*e)->mode))
		return tree_read(t, path, text, FILE_MAX, err);
	err_set(err, "E0564", *e ? "`%s` is not a file" : "there is no `%s` to edit", path);
	err_field(err, "path");
	near = *e ? NULL : tree_near(t, path);
	return near ? err_help(err, "did you mean `%s`?", near) : -1;
}

static const char *
joined(struct job *job, const struct strings *list)
{
	const char *all = NULL;

	for (size_t i = 0; i < list->n; i++)
		all = all ? arena_printf(job_arena(job), "%s,%s", all, list->v[i]) : list->v[i];
	return all;
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct extlinux_params *p = arg;
	cleanup_str struct str text = {0}, out = {0};
	const char *keys[5] = {0}, *values[5];
	/* FDT and OVERLAYS are what this says, or they are not there: an old one of another build would be used */
	const struct {
		const char *key, *value;
		bool always;
	} lines[] = {{"LINUX", p->linux, false},
		     {"INITRD", p->initrd, false},
		     {"FDT", p->fdt, true},
		     {"OVERLAYS", joined(job, &p->overlays), true}};
	struct extlinux_change c = {p->label, keys, values, &p->args, &p->without};
	const struct entry *e;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (lines[i].value || lines[i].always) {
			keys[n] = lines[i].key;
			values[n++] = lines[i].value;
		}
	if (read_file(job, p->path, &e, &text, err))
		return -1;
	if (strlen(str_text(&text)) != text.len)
		return err_set(err, CODE, "`%s` is not a text: it holds NUL bytes", p->path);
	if (extlinux_change(str_text(&text), &c, &out, err))
		return err_at(err, job_place(job));
	return layer_put(job_layer(job), e, str_text(&out), out.len, err);
}

const struct prim prim_extlinux = {
	.name = "extlinux",
	.doc = "Changes an entry of extlinux.conf: what is loaded, and the kernel's arguments. Lines FDT and OVERLAYS are what the step says, "
	       "or are taken away; an argument replaces all of its name, so that none is there twice; everything else stays.",
	.params = params,
	.size = sizeof(struct extlinux_params),
	.version = 3,
	.flags = PRIM_ON | PRIM_NEEDS_ON,
	.example =
		"extlinux { \"boot/extlinux/extlinux.conf\", fdt = \"/boot/board.dtb\", overlays = \"/boot/camera.dtbo\",\n"
		"           args = { \"root=/dev/nvme0n1p1\", \"rootwait\" }, without = { \"isolcpus\" } }\n",
	.run = run,
	.check = check,
};
