#include "data/kwhy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

const char *const kwhy_files[KWHY_FILES] = {
	"kwhy.c",         "facts.c",       "put.c",        "solve.c",    "solve_try.c", "solve_near.c", "model.c",
	"model_choice.c", "model_texts.c", "sat.c",        "sat_heap.c", "sat_learn.c", "facts.h",      "put.h",
	"solve.h",        "model.h",       "model_impl.h", "sat.h",      "sat_impl.h",
};

static const char *const front_ends[] = {"conf.o",   "mconf.o",     "nconf.o",         "gconf.o",    "qconf.o",
					 "images.o", "nconf.gui.o", "mnconf-common.o", "qconf-moc.o"};

bool
kwhy_takes(const char *object)
{
	if (!str_ends(object, ".o") || object[0] == '.')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(front_ends); i++)
		if (!strcmp(object, front_ends[i]))
			return false;
	return true;
}

int
kwhy_open(const char *name, struct err *err)
{
	static const char *const beside[] = {"/../stdlib/kwhy/", "/../share/jkr/stdlib/kwhy/", "/../../stdlib/kwhy/",
					     "/../../../stdlib/kwhy/"};
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	int fd = -1;

	exe[n > 0 ? n : 0] = '\0';
	for (size_t i = 0; i <= ARRAY_LEN(beside) && fd < 0; i++) {
		char path[4200];

		if (i == ARRAY_LEN(beside))
			snprintf(path, sizeof path, "%s/%s", JKR_DATADIR "/stdlib/kwhy", name);
		else
			snprintf(path, sizeof path, "%.*s%s%s", (int)(path_base(exe) - exe), exe, beside[i], name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (fd < 0)
		err_sys(err, "E0206", "cannot open the helper " JKR_DATADIR "/stdlib/kwhy/%s", name);
	return fd;
}

static const char *
makefile_value(const char *makefile, const char *key, struct arena *a)
{
	for (const char *p = makefile; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL) {
		size_t n = strlen(key);

		if (strncmp(p, key, n))
			continue;
		p += n;
		p += strspn(p, " \t");
		if (*p != '=')
			continue;
		p++;
		p += strspn(p, " \t");
		return arena_strndup(a, p, strcspn(p, " \t\r\n#"));
	}
	return "";
}

const char *
kwhy_version(const char *makefile, struct arena *a)
{
	const char *patch = makefile_value(makefile, "PATCHLEVEL", a), *sub = makefile_value(makefile, "SUBLEVEL", a);

	return arena_printf(a, "%s%s%s%s%s%s", makefile_value(makefile, "VERSION", a), *patch ? "." : "", patch,
			    *sub ? "." : "", sub, makefile_value(makefile, "EXTRAVERSION", a));
}

/* A tool as the kernel's Makefile names it: as given, else of LLVM, else with the cross prefix. */
static const char *
tool(const struct kwhy_setup *s, const char *key, const char *gnu, const char *llvm, bool host, struct arena *a)
{
	const char *given = pairs_value(s->variables, key), *with = pairs_value(s->variables, "LLVM"),
		   *cross = pairs_value(s->variables, "CROSS_COMPILE");
	bool is_llvm = with && *with && strcmp(with, "0");

	if (given && *given)
		return given;
	if (is_llvm && str_ends(with, "/"))
		return arena_printf(a, "%s%s", with, llvm);
	if (is_llvm)
		return arena_printf(a, "%s%s", llvm, *with == '-' ? with : "");
	return arena_printf(a, "%s%s", host || !cross ? "" : cross, gnu);
}

const char *const *
kwhy_build_argv(const struct kwhy_setup *s, const char *const *objects, size_t n, struct arena *a)
{
	const char *const head[] = {tool(s, "HOSTCC", "gcc", "clang", true, a),
				    "-w",
				    "-O1",
				    "-I" KWHY_SRC "/" KWHY_OBJECTS,
				    "-I" KWHY_SRC "/scripts/include",
				    "-I" KWHY_OBJECTS,
				    "-o",
				    KWHY_OUT "/kwhy",
				    "-x",
				    "c"};
	size_t k = ARRAY_LEN(head);
	const char **v = arena_array(a, const char *, ARRAY_LEN(head) + KWHY_FILES + n + 3);

	memcpy(v, head, sizeof head);
	for (size_t i = 0; i < KWHY_FILES; i++)
		if (str_ends(kwhy_files[i], ".c"))
			v[k++] = arena_printf(a, KWHY_C "%s", kwhy_files[i]);
	v[k++] = "-x";
	v[k++] = "none";
	if (n)
		memcpy(v + k, objects, n * sizeof *objects);
	return v;
}

const char *const *
kwhy_ask_argv(const char *const *questions, size_t n, struct arena *a)
{
	const char **v = arena_array(a, const char *, n + 3);

	v[0] = KWHY_OUT "/kwhy";
	v[1] = "Kconfig";
	if (n)
		memcpy(v + 2, questions, n * sizeof *questions);
	return v;
}

/* The folder of arch/ that an ARCH stands for. */
static const char *
source_arch(const char *arch)
{
	static const char *const map[][2] = {{"i386", "x86"},      {"x86_64", "x86"},      {"sparc32", "sparc"},
					     {"sparc64", "sparc"}, {"parisc64", "parisc"}, {"riscv32", "riscv"},
					     {"riscv64", "riscv"}};

	for (size_t i = 0; i < ARRAY_LEN(map); i++)
		if (!strcmp(arch, map[i][0]))
			return map[i][1];
	return arch;
}

static const struct {
	const char *key, *gnu, *llvm;
	bool host;
} tools[] = {
	{"CC", "gcc", "clang", false},
	{"LD", "ld", "ld.lld", false},
	{"AR", "ar", "llvm-ar", false},
	{"NM", "nm", "llvm-nm", false},
	{"STRIP", "strip", "llvm-strip", false},
	{"OBJCOPY", "objcopy", "llvm-objcopy", false},
	{"OBJDUMP", "objdump", "llvm-objdump", false},
	{"READELF", "readelf", "llvm-readelf", false},
	{"HOSTCC", "gcc", "clang", true},
	{"HOSTCXX", "g++", "clang++", true},
};

static const char *const plain[][2] = {
	{"PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"},
	{"LC_ALL", "C"},
	{"HOME", "/tmp"},
	{"CCACHE_DISABLE", "1"}, /* where CC is a ccache, which would want a folder */
	{"DISTCC_HOSTS", "localhost"},
	{"TZ", "UTC"},
	{"srctree", KWHY_SRC},
	{"objtree", "."},
	{"KCONFIG_CONFIG", KWHY_CONFIG},
	{"CONFIG_SHELL", "sh"},
	{"PAHOLE", "pahole"},
	{"RUSTC", "rustc"},
	{"BINDGEN", "bindgen"},
	{"PYTHON3", "python3"},
	{"PERL", "perl"},
};

/* What scripts/Makefile.clang puts before all that Kconfig tries with clang, without which it tries the wrong target.
 */
static const char *
clang_flags(const struct kwhy_setup *s, struct arena *a)
{
	static const char *const targets[][2] = {
		{"arm", "arm-linux-gnueabi"},
		{"arm64", "aarch64-linux-gnu"},
		{"loongarch", "loongarch64-linux-gnusf"},
		{"mips", "mipsel-linux-gnu"},
		{"powerpc", "powerpc64le-linux-gnu"},
		{"riscv", "riscv64-linux-gnu"},
		{"s390", "s390x-linux-gnu"},
		{"x86", "x86_64-linux-gnu"},
	};
	const char *arch = source_arch(s->arch), *ias = pairs_value(s->variables, "LLVM_IAS");

	if (!strstr(tool(s, "CC", "gcc", "clang", false, a), "clang"))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(targets); i++)
		if (!strcmp(targets[i][0], arch))
			return arena_printf(a, "CLANG_FLAGS=--target=%s %s", targets[i][1],
					    ias && !strcmp(ias, "0") ? "-fno-integrated-as" : "-fintegrated-as");
	return NULL;
}

const char *const *
kwhy_env(const struct kwhy_setup *s, struct arena *a)
{
	size_t nvars = s->variables ? s->variables->n : 0, n = 0;
	const char **v = arena_array(a, const char *, nvars + ARRAY_LEN(tools) + ARRAY_LEN(plain) + 6);
	const char *flags = clang_flags(s, a);

	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		if (!pairs_value(s->variables, plain[i][0]))
			v[n++] = arena_printf(a, "%s=%s", plain[i][0], plain[i][1]);
	if (flags)
		v[n++] = flags;
	v[n++] = arena_printf(a, "ARCH=%s", s->arch);
	v[n++] = arena_printf(a, "SRCARCH=%s", source_arch(s->arch));
	v[n++] = arena_printf(a, "KERNELVERSION=%s", s->version);
	for (size_t i = 0; i < ARRAY_LEN(tools); i++)
		v[n++] = arena_printf(a, "%s=%s", tools[i].key,
				      tool(s, tools[i].key, tools[i].gnu, tools[i].llvm, tools[i].host, a));
	for (size_t i = 0; i < nvars; i++) {
		const struct pair *p = &s->variables->v[i];
		size_t k = 0;

		while (k < ARRAY_LEN(tools) && strcmp(tools[k].key, p->key))
			k++;
		if (k == ARRAY_LEN(tools) && strcmp(p->key, "ARCH") && strcmp(p->key, "KCONFIG_CONFIG"))
			v[n++] = arena_printf(a, "%s=%s", p->key, p->value);
	}
	return v;
}
