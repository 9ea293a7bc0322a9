#include "data/vermagic.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "data/elf.h"

bool
config_is(const char *config, const char *symbol)
{
	char line[128];
	size_t n = (size_t)snprintf(line, sizeof line, "\nCONFIG_%s=y", symbol);

	if (n >= sizeof line)
		return false;
	if (str_starts(config, line + 1) && strchr("\r\n", config[n - 1]))
		return true;
	for (const char *p = config; (p = strstr(p, line)); p += n)
		if (strchr("\r\n", p[n]))
			return true;
	return false;
}

void
vermagic_release(struct str *text)
{
	const char *p = text->s ? strstr(text->s, "UTS_RELEASE \"") : NULL;
	char *copy;

	if (p)
		copy = xstrndup(p + 13, strcspn(p + 13, "\"\n"));
	else
		copy = xstrndup(str_text(text), strcspn(str_text(text), " \r\n"));
	str_reset(text);
	if (*copy && *copy != '#')
		str_add(text, copy);
	free(copy);
}

/* `wide` is the symbol that makes it a 64-bit kernel, "" always, NULL never. */
static const struct {
	const char *symbol, *wide, *big;
	uint16_t machine;
} arches[] = {
	{"ARM64", "", "CPU_BIG_ENDIAN", 183},
	{"X86_64", "", NULL, 62},
	{"X86_32", NULL, NULL, 3},
	{"ARM", NULL, "CPU_BIG_ENDIAN", 40},
	{"RISCV", "64BIT", NULL, 243},
	{"PPC64", "", "CPU_BIG_ENDIAN", 21},
	{"PPC32", NULL, "PPC32", 20},
	{"MIPS", "64BIT", "CPU_BIG_ENDIAN", 8},
	{"S390", "", "S390", 22},
	{"LOONGARCH", "64BIT", NULL, 258},
	{"ARC", NULL, "CPU_BIG_ENDIAN", 195},
	{"SUPERH", NULL, "CPU_BIG_ENDIAN", 42},
	{"XTENSA", NULL, "CPU_BIG_ENDIAN", 94},
	{"SPARC64", "", "SPARC64", 43},
	{"M68K", NULL, "M68K", 4},
};

struct vermagic_arch
vermagic_arch_of(const char *config)
{
	struct vermagic_arch a = {0};
	char buf[32];

	for (size_t i = 0; i < ARRAY_LEN(arches) && !a.machine; i++) {
		if (!config_is(config, arches[i].symbol))
			continue;
		a.machine = arches[i].machine;
		a.is64 = arches[i].wide && (!*arches[i].wide || config_is(config, arches[i].wide));
		a.big = arches[i].big && config_is(config, arches[i].big);
		a.name = elf_machine_name(a.machine, a.is64, buf);
	}
	return a;
}

struct vermagic_arch
vermagic_arch_named(const char *name)
{
	static const struct {
		const char *name;
		struct vermagic_arch a;
	} names[] = {
		{"arm64", {183, true, false, "arm64"}},      {"aarch64", {183, true, false, "arm64"}},
		{"x86_64", {62, true, false, "x86_64"}},     {"x86", {62, true, false, "x86_64"}},
		{"amd64", {62, true, false, "x86_64"}},      {"i386", {3, false, false, "i386"}},
		{"arm", {40, false, false, "arm"}},          {"riscv", {243, true, false, "riscv"}},
		{"powerpc", {21, true, false, "powerpc64"}}, {"mips", {8, false, false, "mips"}},
		{"s390", {22, true, true, "s390"}},          {"loongarch", {258, true, false, "loongarch"}},
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(names[i].name, name))
			return names[i].a;
	return (struct vermagic_arch){0};
}

/* Whether release "X.Y…" is at least a.b. */
static bool
at_least(const char *release, unsigned a, unsigned b)
{
	unsigned major = 0, minor = 0;

	if (sscanf(release, "%4u.%4u", &major, &minor) < 1)
		return true;
	return major > a || (major == a && minor >= b);
}

/* What a symbol of the .config adds; of the entries with one `group`, the first that is set. */
struct word {
	int group;
	const char *symbol, *text;
};

static void
add_words(const char *config, const struct word *w, size_t n, struct str *out)
{
	int done = -1;

	for (size_t i = 0; i < n; i++)
		if (w[i].group != done && config_is(config, w[i].symbol)) {
			str_add(out, w[i].text);
			done = w[i].group;
		}
}

/* The Makefile's order, read backwards: the lowest architecture that the kernel supports counts. */
static const struct word arm_words[] = {
	{0, "CPU_32v3", "ARMv3 "},  {0, "CPU_32v4", "ARMv4 "},       {0, "CPU_32v4T", "ARMv4 "},
	{0, "CPU_32v5", "ARMv5 "},  {0, "CPU_32v6", "ARMv6 "},       {0, "CPU_32v7", "ARMv7 "},
	{0, "CPU_32v7M", "ARMv7 "}, {1, "THUMB2_KERNEL", "thumb2 "},
};

static const struct word mips_words[] = {
	{0, "CPU_BMIPS", "BMIPS "},
	{0, "CPU_MIPS32_R1", "MIPS32_R1 "},
	{0, "CPU_MIPS32_R2", "MIPS32_R2 "},
	{0, "CPU_MIPS32_R5", "MIPS32_R5 "},
	{0, "CPU_MIPS32_R6", "MIPS32_R6 "},
	{0, "CPU_MIPS64_R1", "MIPS64_R1 "},
	{0, "CPU_MIPS64_R2", "MIPS64_R2 "},
	{0, "CPU_MIPS64_R5", "MIPS64_R5 "},
	{0, "CPU_MIPS64_R6", "MIPS64_R6 "},
	{0, "CPU_LOONGSON64", "LOONGSON64 "},
	{0, "CPU_CAVIUM_OCTEON", "OCTEON "},
	{1, "32BIT", "32BIT "},
	{1, "64BIT", "64BIT "},
};

static const struct word loongarch_words[] = {
	{0, "LOONGARCH", "LOONGARCH "},
	{1, "32BIT", "32BIT "},
	{1, "64BIT", "64BIT "},
};

static const struct word powerpc_words[] = {
	{0, "ARCH_USING_PATCHABLE_FUNCTION_ENTRY", "patchable-function-entry "},
	{0, "MPROFILE_KERNEL", "mprofile-kernel "},
	{1, "RELOCATABLE", "relocatable "},
};

static const struct word x86_words[] = {
	{0, "M486SX", "486SX "},
	{0, "M486", "486 "},
	{0, "M586", "586 "},
	{0, "M586TSC", "586TSC "},
	{0, "M586MMX", "586MMX "},
	{0, "MCORE2", "CORE2 "},
	{0, "MATOM", "ATOM "},
	{0, "M686", "686 "},
	{0, "MPENTIUMII", "PENTIUMII "},
	{0, "MPENTIUMIII", "PENTIUMIII "},
	{0, "MPENTIUMM", "PENTIUMM "},
	{0, "MPENTIUM4", "PENTIUM4 "},
	{0, "MK6", "K6 "},
	{0, "MK7", "K7 "},
	{0, "MK8", "K8 "},
	{0, "MGEODEGX1", "GEODEGX1 "},
	{0, "MGEODE_LX", "GEODE "},
};

/* False: the architecture adds something that the .config does not tell. */
static bool
add_arch(const char *release, const char *config, struct str *out)
{
	switch (vermagic_arch_of(config).machine) {
	case 183: str_add(out, "aarch64"); return true;
	case 243: str_add(out, "riscv"); return true;
	case 40:
		add_words(config, arm_words, ARRAY_LEN(arm_words), out);
		if (config_is(config, "ARM_PATCH_PHYS_VIRT"))
			str_add(out, at_least(release, 5, 11) ? "p2v8 " : "p2v ");
		return true;
	case 3: add_words(config, x86_words, ARRAY_LEN(x86_words), out); return true;
	case 8: add_words(config, mips_words, ARRAY_LEN(mips_words), out); return true;
	case 258: add_words(config, loongarch_words, ARRAY_LEN(loongarch_words), out); return true;
	case 20:
	case 21: add_words(config, powerpc_words, ARRAY_LEN(powerpc_words), out); return true;
	case 62:
	case 22:
	case 43:
	case 4: return true;
	default: return false;
	}
}

bool
vermagic_expect(const char *release, const char *config, struct str *out)
{
	/* 5.16 took PREEMPT_BUILD, which PREEMPT_DYNAMIC selects as well. */
	const struct word words[] = {
		{0, "SMP", "SMP "},
		{1, at_least(release, 5, 16) ? "PREEMPT_BUILD" : "PREEMPT", "preempt "},
		{1, "PREEMPT_RT", "preempt_rt "},
		{2, "MODULE_UNLOAD", "mod_unload "},
		{3, "MODVERSIONS", "modversions "},
	};

	str_addf(out, "%s ", release);
	if (!config)
		return false;
	add_words(config, words, ARRAY_LEN(words), out);
	if (!add_arch(release, config, out))
		return false;
	if (config_is(config, "RANDSTRUCT") || config_is(config, "GCC_PLUGIN_RANDSTRUCT")) {
		str_add(out, "RANDSTRUCT_");
		return false;
	}
	return true;
}

void
vermagic_lacks(const char *a, const char *b, struct str *out)
{
	while (*a) {
		size_t n = strcspn(a, " "), k = 0;
		bool there = false;

		for (const char *p = b; *p && !there; p += k, p += *p == ' ') {
			k = strcspn(p, " ");
			there = k == n && !strncmp(a, p, n);
		}
		if (n && !there)
			str_addf(out, "%s`%.*s`", out->len ? " " : "", (int)n, a);
		a += n;
		a += *a == ' ';
	}
}
