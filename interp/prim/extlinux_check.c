/* extlinux_check: whether an entry of a boot menu would boot as it is meant to */
#include "base/err.h"
#include "base/str.h"
#include "data/bootcheck.h"
#include "model/job.h"
#include "model/prim.h"
#include "model/viewed.h"

struct extlinux_check_params {
	struct source root;
	const char *folder;
	const char *path, *label, *fdt;
	struct strings overlays, args, without, same, later;
	bool no_overlays, any_board, new_libfdt;
};

static const struct param params[] = {
	PARAM(extlinux_check_params, root, P_SOURCE, P_OPERAND,
	      "The root file system: every file that the entry names must be in it. Inside a tree: the steps before it."),
	PARAM(extlinux_check_params, folder, P_PATH, 0,
	      "The folder in it that is looked at; paths count from there. All of it unless told."),
	PARAM_DEF(extlinux_check_params, path, P_PATH, 0, "boot/extlinux/extlinux.conf", "The menu in it."),
	PARAM(extlinux_check_params, label, P_STRING, P_PLAIN, "The entry; the one that DEFAULT names unless told."),
	PARAM(extlinux_check_params, fdt, P_STRING, P_PLAIN, "What the FDT line must be."),
	PARAM(extlinux_check_params, overlays, P_STRING, P_LIST | P_PLAIN,
	      "What the OVERLAYS line must be, in this order."),
	PARAM(extlinux_check_params, no_overlays, P_BOOL, 0, "Whether there must be no OVERLAYS line."),
	PARAM(extlinux_check_params, args, P_STRING, P_LIST | P_PLAIN,
	      "Arguments of the kernel that must be there, as they are written here, and no other of their names."),
	PARAM(extlinux_check_params, without, P_STRING, P_LIST | P_PLAIN,
	      "Names of arguments that must not be there, whatever their value."),
	PARAM(extlinux_check_params, same, P_STRING, P_LIST | P_PLAIN,
	      "Names of arguments whose values must be one wherever they are there, such as isolcpus and nohz_full."),
	PARAM(extlinux_check_params, later, P_STRING, P_LIST | P_PLAIN,
	      "Files named in the entry that come later, such as an initrd that the flash tool makes: they may be absent."),
	PARAM(extlinux_check_params, any_board, P_BOOL, 0,
	      "Whether an overlay may say by its `compatible` that it is for other boards than the device tree is."),
	PARAM(extlinux_check_params, new_libfdt, P_BOOL, 0,
	      "Whether the loader has libfdt 1.7.1 or later, as in `overlay_check`."),
	{0},
};

static int
check(const void *arg, struct err *err)
{
	const struct extlinux_check_params *p = arg;

	if (!p->no_overlays || !p->overlays.n)
		return 0;
	err_set(err, "E1308", "`overlays` names some, and `no_overlays` says that there are none");
	err_field(err, "no_overlays");
	return err_help(err, "give one of them");
}

static void
asked(const void *arg, struct str *out)
{
	const struct extlinux_check_params *p = arg;

	str_add(out, "one root=, files there");
	if (p->fdt)
		str_add(out, ", FDT");
	if (p->overlays.n || p->no_overlays)
		str_addf(out, ", %s", p->no_overlays ? "no OVERLAYS" : "OVERLAYS");
	if (p->args.n)
		str_addf(out, ", %zu argument%s", p->args.n, p->args.n == 1 ? "" : "s");
	for (size_t i = 0; i < p->without.n; i++)
		str_addf(out, "%s%s=", i ? " " : ", no ", p->without.v[i]);
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct extlinux_check_params *p = arg;
	const struct boot_rules rules = {.menu = p->path,
					 .label = p->label,
					 .fdt = p->fdt,
					 .overlays = p->overlays.n || p->no_overlays ? &p->overlays : NULL,
					 .args = &p->args,
					 .without = &p->without,
					 .same = &p->same,
					 .later = &p->later,
					 .apply = true,
					 .new_libfdt = p->new_libfdt,
					 .any_board = p->any_board};

	return viewed_check(job, &p->root, p->folder, bootcheck, &rules, err);
}

const struct prim prim_extlinux_check = {
	.name = "extlinux_check",
	.doc = "Checks an entry of extlinux.conf against the root file system that it boots: kernel, initrd, device tree and overlays are there, "
	       "the overlays can be put on the device tree in their order without one undoing what another wrote, there is one root=, and the arguments are "
	       "what was asked for.",
	.params = params,
	.size = sizeof(struct extlinux_check_params),
	.version = 2, /* 1: overlays were only there */
	.flags = PRIM_CHECK | PRIM_ON | PRIM_LOOKS,
	.example =
		"extlinux_check \"menu\" { image / \"rootfs\", fdt = \"/boot/board.dtb\", args = { \"root=/dev/nvme0n1p1\" },\n"
		"                         without = \"cma\", same = { \"isolcpus\", \"nohz_full\" } }\n",
	.run = run,
	.check = check,
	.asked = asked,
};
