/* module_check: the modules of a root file system: which are there, once, and found by modprobe */
#include "base/err.h"
#include "base/str.h"
#include "data/installed.h"
#include "model/job.h"
#include "model/prim.h"
#include "model/viewed.h"

struct module_check_params {
	struct source root;
	const char *folder;
	struct strings present, loadable, absent, replaces;
	const char *release, *unused;
	bool once, indexed;
};

static const struct param params[] = {
	PARAM(module_check_params, root, P_SOURCE, P_OPERAND,
	      "What holds lib/modules/RELEASE, such as the result of `depmod` or a root file system. Inside a tree: the steps before it."),
	PARAM(module_check_params, folder, P_PATH, 0,
	      "The folder in it that is looked at; paths count from there. All of it unless told."),
	PARAM(module_check_params, present, P_STRING, P_LIST | P_PLAIN,
	      "Modules that must be there, or built into the kernel as modules.builtin has them: what the boot needs."),
	PARAM(module_check_params, loadable, P_STRING, P_LIST | P_PLAIN, "Modules that must be there as files."),
	PARAM(module_check_params, absent, P_STRING, P_LIST | P_PLAIN, "Modules that must be neither."),
	PARAM(module_check_params, replaces, P_STRING, P_LIST | P_PLAIN,
	      "Modules of the kernel that one in updates/ or extra/ replaces: with `once` they may be there twice."),
	PARAM(module_check_params, release, P_STRING, P_PLAIN,
	      "The kernel's release; unless told there must be modules of only one."),
	PARAM(module_check_params, unused, P_STRING, P_PLAIN,
	      "A release of which no modules may be there: that of a kernel that shall get a folder of its own, and not share it with "
	      "the one that a root file system brings."),
	PARAM(module_check_params, once, P_BOOL, 0,
	      "Whether no module may be there twice, but for those that `replaces` names."),
	PARAM(module_check_params, indexed, P_BOOL, 0,
	      "Whether modules.dep must name every module that is there, and no other."),
	{0},
};

static void
asked(const void *arg, struct str *out)
{
	const struct module_check_params *p = arg;
	const struct strings *lists[] = {&p->present, &p->loadable};

	for (size_t k = 0; k < ARRAY_LEN(lists); k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			str_addf(out, "%s%s", out->len ? ", " : "", lists[k]->v[i]);
	for (size_t i = 0; i < p->absent.n; i++)
		str_addf(out, "%sno %s", out->len ? ", " : "", p->absent.v[i]);
	if (p->once)
		str_addf(out, "%seach once", out->len ? ", " : "");
	if (p->unused)
		str_addf(out, "%snone of %s", out->len ? ", " : "", p->unused);
	if (p->indexed)
		str_addf(out, "%sin modules.dep", out->len ? ", " : "");
}

static int
check(const void *arg, struct err *err)
{
	const struct module_check_params *p = arg;

	if (p->present.n || p->loadable.n || p->absent.n || p->once || p->indexed || p->unused)
		return 0;
	err_set(err, "E1308", "module_check asks for nothing");
	return err_help(err, "give `present`, `loadable`, `absent`, `unused`, `once` or `indexed`");
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct module_check_params *p = arg;
	const struct installed_rules rules = {.present = &p->present,
					      .loadable = &p->loadable,
					      .absent = &p->absent,
					      .replaces = &p->replaces,
					      .release = p->release,
					      .unused = p->unused,
					      .once = p->once,
					      .indexed = p->indexed};

	return viewed_check(job, &p->root, p->folder, installed_check, &rules, err);
}

const struct prim prim_module_check = {
	.name = "module_check",
	.doc = "Checks the modules of a root file system by name: those that it needs are there or built in, none is there twice unless it "
	       "replaces the kernel's own, and modules.dep, with the index that modprobe reads, names exactly what is there. `vermagic_check` says whether they load.",
	.params = params,
	.size = sizeof(struct module_check_params),
	.version = 2,
	.flags = PRIM_CHECK | PRIM_ON | PRIM_LOOKS,
	.example =
		"module_check \"installed\" { root, present = { \"nvme\" }, loadable = { \"metis\" }, once = true, replaces = { \"host1x\" } }\n",
	.run = run,
	.check = check,
	.asked = asked,
};
