/* file_check: files that must be there, or must not, and what they hold */
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "data/filecheck.h"
#include "model/job.h"
#include "model/prim.h"
#include "model/viewed.h"

struct file_check_params {
	struct source source;
	const char *folder;
	struct strings present, absent, contains, lacks;
	const char *find, *lines, *anew, *is, *machine;
	int64_t min_size;
};

static const char *const machines[] = {"arm64",   "arm",  "x86_64", "i386",      "riscv",
				       "powerpc", "mips", "s390",   "loongarch", NULL};

static const struct param params[] = {
	PARAM(file_check_params, source, P_SOURCE, P_OPERAND,
	      "What is looked at: a file, or a folder or result with files in it. Inside a tree: the steps before it."),
	PARAM(file_check_params, folder, P_PATH, 0,
	      "The folder in it that is looked at; paths count from there. All of it unless told."),
	PARAM(file_check_params, present, P_STRING, P_LIST | P_PLAIN,
	      "Paths in it, also patterns with `*` and `?`, each of which must be there. Neither this nor `absent`: every file in it is meant."),
	PARAM(file_check_params, absent, P_STRING, P_LIST | P_PLAIN, "Paths and patterns of which none may be there."),
	PARAM_DEF(file_check_params, min_size, P_SIZE, 0, "1", "Bytes that each file has at least."),
	PARAM(file_check_params, contains, P_STRING, P_LIST, "Texts that each file must hold, to the byte."),
	PARAM(file_check_params, lacks, P_STRING, P_LIST, "Texts that no file may hold."),
	PARAM(file_check_params, find, P_STRING, P_PLAIN,
	      "An extended regular expression of POSIX, matched against each line, in a binary against each run of printable characters, "
	      "as strings has them. It must match; its first group, or all that it matches, is the file's value."),
	PARAM(file_check_params, lines, P_STRING, P_PLAIN,
	      "An expression of the lines that `find` looks at; all of them unless told."),
	PARAM(file_check_params, anew, P_STRING, P_PLAIN,
	      "An expression of lines that begin anew, as an assignment does: what `find` met before the last one of them counts no more, and "
	      "it must match again, from that line on."),
	PARAM(file_check_params, is, P_STRING, P_PLAIN, "What the value must be, everywhere it is found."),
	PARAM_CHOICE(
		file_check_params, machine, 0, machines, NULL,
		"What every program, library and object among the files must be for, and one there must be: programs of the machine that "
		"built a package of headers do not run where modules are built with it."),
	{0},
};

static int
check_expression(const char *field, const char *text, struct err *err)
{
	return text && strcmp(text, TEXT_LATER) ? filecheck_expression(field, text, err) : 0;
}

static int
check(const void *arg, struct err *err)
{
	const struct file_check_params *p = arg;

	if (p->is && !p->find) {
		err_set(err, "E1308", "`is` says what a value must be, and no `find` says which");
		err_field(err, "is");
		return err_help(err, "give `find`, an expression with a group around the value");
	}
	if (p->absent.n && !p->present.n && (p->contains.n || p->lacks.n || p->find || p->machine)) {
		err_set(err, "E1308", "what is absent holds nothing: no file is named that is looked into");
		err_field(err, p->find ? "find" : p->contains.n ? "contains" : p->lacks.n ? "lacks" : "machine");
		return err_help(err, "name files in `present` as well");
	}
	if ((p->lines || p->anew) && !p->find) {
		const char *field = p->lines ? "lines" : "anew";

		err_set(err, "E1308", "`%s` says where to look, and no `find` says for what", field);
		err_field(err, field);
		return err_help(err, "give `find`, an expression with a group around the value");
	}
	return check_expression("find", p->find, err) || check_expression("lines", p->lines, err) ||
			       check_expression("anew", p->anew, err)
		       ? -1
		       : 0;
}

static void
join(struct str *out, const char *before, const struct strings *l)
{
	if (l->n)
		str_addf(out, "%s%s%s", out->len ? ", " : "", *before ? before : "", *before ? " " : "");
	for (size_t i = 0; i < l->n; i++)
		str_addf(out, "%s%s", i ? " " : "", l->v[i]);
}

static void
asked(const void *arg, struct str *out)
{
	const struct file_check_params *p = arg;

	if (p->is) {
		str_add(out, p->is);
		return;
	}
	if (p->machine)
		str_addf(out, "programs for %s", p->machine);
	join(out, "", &p->present);
	join(out, "no", &p->absent);
	join(out, "holds", &p->contains);
	join(out, "without", &p->lacks);
	if (p->find)
		str_addf(out, "%s%s", out->len ? ", " : "", p->find);
	if (!out->len)
		str_add(out, "is there");
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct file_check_params *p = arg;
	const struct file_rules rules = {.present = &p->present,
					 .absent = &p->absent,
					 .contains = &p->contains,
					 .lacks = &p->lacks,
					 .find = p->find,
					 .lines = p->lines,
					 .anew = p->anew,
					 .is = p->is,
					 .machine = p->machine,
					 .min_size = p->min_size};

	return viewed_check(job, &p->source, p->folder, filecheck, &rules, err);
}

const struct prim prim_file_check = {
	.name = "file_check",
	.doc = "Checks files: that they are there or are not, how large they are, which texts they hold, and what a value in them is.",
	.params = params,
	.size = sizeof(struct file_check_params),
	.version = 1,
	.flags = PRIM_CHECK | PRIM_ON | PRIM_LOOKS,
	.example = "file_check \"release\" { linux.Image, find = \"Linux version ([0-9][^ ]*)\", is = linux.release }\n"
		   "file_check \"no-keys\" { root, absent = \"etc/ssh/ssh_host_*\" }\n",
	.run = run,
	.check = check,
	.asked = asked,
};
