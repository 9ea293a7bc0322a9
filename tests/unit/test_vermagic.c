/* vermagic: what a kernel expects, and which modules fit it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "data/modcheck.h"
#include "ko.h"

#define CONFIG \
	"CONFIG_ARM64=y\nCONFIG_SMP=y\nCONFIG_PREEMPT_BUILD=y\nCONFIG_MODULES=y\nCONFIG_MODULE_UNLOAD=y\nCONFIG_MODVERSIONS=y\n"
#define RELEASE "6.12.5"
#define INFO_OF(name) "license=GPL\0name=" name "\0vermagic=6.12.5 SMP preempt mod_unload modversions aarch64"

/* What real kernels of these versions say for such configurations. */
static const struct {
	const char *release, *config, *expected;
	bool whole;
} kernels[] = {
	{RELEASE, CONFIG, "6.12.5 SMP preempt mod_unload modversions aarch64", true},
	{"6.12.117+deb12-rt-arm64", CONFIG "CONFIG_PREEMPT_RT=y\n",
	 "6.12.117+deb12-rt-arm64 SMP preempt mod_unload modversions aarch64", true},
	{"6.1.0-rt", "CONFIG_ARM64=y\nCONFIG_SMP=y\nCONFIG_PREEMPT_RT=y\nCONFIG_MODULE_UNLOAD=y\n",
	 "6.1.0-rt SMP preempt_rt mod_unload aarch64", true},
	{"5.15.148-tegra",
	 "CONFIG_ARM64=y\nCONFIG_SMP=y\nCONFIG_PREEMPT=y\nCONFIG_MODULE_UNLOAD=y\nCONFIG_MODVERSIONS=y",
	 "5.15.148-tegra SMP preempt mod_unload modversions aarch64", true},
	{"5.15.1", "CONFIG_ARM64=y\nCONFIG_PREEMPT_BUILD=y\n", "5.15.1 aarch64", true},
	{"6.1.0", "CONFIG_ARM64=y\nCONFIG_PREEMPT=y\n# CONFIG_SMP is not set\n", "6.1.0 aarch64", true},
	{"6.1.0", "CONFIG_X86_64=y\nCONFIG_SMP=y\nCONFIG_MODULE_UNLOAD=y\n", "6.1.0 SMP mod_unload ", true},
	{"6.6.1", "CONFIG_ARM=y\nCONFIG_CPU_32v6=y\nCONFIG_CPU_32v7=y\nCONFIG_SMP=y\nCONFIG_ARM_PATCH_PHYS_VIRT=y\n",
	 "6.6.1 SMP ARMv6 p2v8 ", true},
	{"5.10.1", "CONFIG_ARM=y\nCONFIG_CPU_32v7=y\nCONFIG_THUMB2_KERNEL=y\nCONFIG_ARM_PATCH_PHYS_VIRT=y\n",
	 "5.10.1 ARMv7 thumb2 p2v ", true},
	{"6.6.1", "CONFIG_RISCV=y\nCONFIG_64BIT=y\nCONFIG_SMP=y\n", "6.6.1 SMP riscv", true},
	{"6.6.1", "CONFIG_X86_64=y\nCONFIG_RANDSTRUCT=y\n", "6.6.1 RANDSTRUCT_", false},
	{"6.6.1", "CONFIG_XTENSA=y\n", "6.6.1 ", false},
	{"6.6.1", NULL, "6.6.1 ", false},
	{"6.6.1", "CONFIG_SMPX=y\nXCONFIG_SMP=y\nCONFIG_ARM64=y\r\nCONFIG_SMP=y\r\n", "6.6.1 SMP aarch64", true},
};

static void
derives(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kernels); i++) {
		cleanup_str struct str b = {0};

		assert_int_equal(vermagic_expect(kernels[i].release, kernels[i].config, &b), kernels[i].whole);
		assert_string_equal(b.s, kernels[i].expected);
	}
}

static void
reads_the_release(void **state)
{
	static const char *const texts[][2] = {
		{"#define UTS_RELEASE \"6.1.0-50-arm64\"\n#define X \"y\"\n", "6.1.0-50-arm64"},
		{"6.12.5-jkr\n", "6.12.5-jkr"},
		{"", ""},
		{"#define OTHER \"6.1\"\n", ""},
		{"UTS_RELEASE \"6.1", "6.1"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		cleanup_str struct str b = {0};

		str_add(&b, texts[i][0]);
		vermagic_release(&b);
		assert_string_equal(str_text(&b), texts[i][1]);
	}
}

static struct modset set;
static struct err err;
static char notes[1024];

static void
take_note(void *ctx, const char *text)
{
	(void)ctx;
	strncat(notes, text, sizeof notes - strlen(notes) - 2);
	strcat(notes, "\n");
}

static struct modcheck
kernel(void)
{
	return (struct modcheck){
		.release = RELEASE, .config = CONFIG, .arch = vermagic_arch_of(CONFIG), .note = take_note};
}

static void
add(const char *path, const struct ko_spec *k)
{
	cleanup_str struct str f = ko_build(k);

	modset_add(&set, path, (struct place){.file = "r.lua", .line = 7}, f.s, f.len);
}

static int
setup(void **state)
{
	(void)state;
	notes[0] = 0;
	set = (struct modset){.with_symbols = true};
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	modset_free(&set);
	err_free(&err);
	return 0;
}

/* Runs the check and gives its n-th sentence. */
static const char *
says(const struct modcheck *k, unsigned n)
{
	const struct diag *d;

	err_free(&err);
	for (size_t i = 0; i < set.symbols.n; i++)
		((struct shared_symbol *)set.symbols.v[i].value)->told = 0;
	modcheck_run(k, &set, &err);
	for (d = err.head; d && n; n--)
		d = d->next;
	return d ? d->msg : "";
}

static void
symvers(const char *text)
{
	assert_int_equal(modset_symvers(&set, "Module.symvers", text, strlen(text), &err), 0);
}

static void
accepts_what_fits(void **state)
{
	static const struct ko_version versions[] = {{"module_layout", 5}, {"_printk", 6}, {"hello_say", 9}, {0}};
	static const struct ko_version exports[] = {{"hello_say", 9}, {0}};
	struct modcheck k = kernel();

	(void)state;
	k.symbols = true;
	symvers("0x00000005\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\n0x00000006\t_printk\tvmlinux\tEXPORT_SYMBOL\n");
	add("a/user.ko",
	    &(struct ko_spec){.versions = versions,
			      .weak = "nowhere",
			      .modinfo = "license=GPL\0vermagic=6.12.5 SMP preempt mod_unload modversions aarch64",
			      .modinfo_size = 71,
			      .needs = (const char *const[]){"_printk", "hello_say", NULL}});
	add("a/hello.ko", &(struct ko_spec){.exports = exports});
	assert_string_equal(says(&k, 0), "");
	assert_string_equal(notes, "");
}

static void
tells_vermagic(void **state)
{
	static const char other[] = "name=old\0vermagic=5.10.0 SMP mod_unload modversions aarch64";
	struct modcheck k = kernel();
	char path[32];

	(void)state;
	for (int i = 0; i < 5; i++) {
		snprintf(path, sizeof path, "a/old%d.ko", i);
		add(path, &(struct ko_spec){.modinfo = other, .modinfo_size = sizeof other});
	}
	assert_string_equal(
		says(&k, 0),
		"5 modules are built for `5.10.0 SMP mod_unload modversions aarch64`, but this kernel is "
		"`6.12.5 SMP preempt mod_unload modversions aarch64`: `a/old0.ko`, `a/old1.ko`, `a/old2.ko` and 2 more");
	assert_string_equal(err.head->help[0], "the modules have `5.10.0`, and lack `6.12.5` `preempt`");
	assert_string_equal(err.head->code, "E0701");
	assert_int_equal(err.head->at.line, 7);
	k.config = NULL;
	k.release = "5.10.0";
	k.arch.machine = 0;
	assert_string_equal(err.head->next->code, "E0706"); /* one name, five files */
	assert_non_null(strstr(says(&k, 0), "4 modules are there more than once"));
	assert_non_null(strstr(notes, "only the release was compared"));
	k.release = "5.10";
	assert_non_null(strstr(says(&k, 0), "this kernel begins with `5.10 `"));
}

static void
tells_architecture(void **state)
{
	struct modcheck k = kernel();

	(void)state;
	add("x.ko", &(struct ko_spec){.machine = 62});
	assert_string_equal(says(&k, 0), "1 module is of another architecture (x86_64): `x.ko`");
	k.arch.machine = 0;
	assert_string_equal(says(&k, 0), "");
	assert_non_null(strstr(notes, "architecture was not compared"));
}

static void
tells_symbols(void **state)
{
	static const struct ko_version versions[] = {{"module_layout", 5}, {"_printk", 6}, {0}};
	static const char info[] =
		"license=Proprietary\0name=hello\0vermagic=6.12.5 SMP preempt mod_unload modversions aarch64";
	struct modcheck k = kernel();

	(void)state;
	k.symbols = true;
	symvers("0x00000007\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\n0x00000006\t_printk\tvmlinux\tEXPORT_SYMBOL_GPL\n"
		"0x00000001\tusb_get_dev\tdrivers/usb/core/usbcore\tEXPORT_SYMBOL\tUSB\n");
	add("hello.ko",
	    &(struct ko_spec){.versions = versions,
			      .modinfo = info,
			      .modinfo_size = sizeof info,
			      .needs = (const char *const[]){"_printk", "usb_get_dev", "usb_get_def", NULL}});
	assert_string_equal(says(&k, 0), "1 symbol version does not match this kernel: `module_layout` in hello "
					 "(built against 0x00000005, vmlinux has 0x00000007)");
	assert_string_equal(says(&k, 1),
			    "1 symbol is for GPL modules only: `_printk` in hello (license `Proprietary`)");
	assert_string_equal(says(&k, 2),
			    "1 symbol has no version, and the kernel has MODVERSIONS=y: `usb_get_dev` in hello");
	assert_string_equal(says(&k, 3),
			    "1 symbol is in a namespace that is not imported: `usb_get_dev` of USB in hello");
	assert_string_equal(says(&k, 4), "1 symbol is exported by nobody: `usb_get_def` (hello)");
	assert_string_equal(err.tail->help[0], "there is `usb_get_dev`");
	k.allow_missing = (const char *const[]){"usb_get_def"};
	k.nallow_missing = 1;
	assert_string_equal(says(&k, 4), "");
	k.allow = (const char *const[]){"hello"};
	k.nallow = 1;
	assert_string_equal(says(&k, 0), "");
	assert_non_null(strstr(notes, "1 module is allowed to misfit"));
	k.allow = (const char *const[]){"helo"};
	assert_string_equal(says(&k, 4), "allow names `helo`, but no module is called that");
	assert_string_equal(err.tail->help[0], "did you mean `hello`?");
}

/* genksyms finds no CRC of some symbols: nobody has one then, and the kernel asks for none. */
static void
asks_for_no_version_that_nobody_has(void **state)
{
	static const struct ko_version exports[] = {{"hello_say", 0}, {0}};
	static const char user[] = INFO_OF("user"), lib[] = INFO_OF("lib");
	struct modcheck k = kernel();

	(void)state;
	k.symbols = true;
	symvers("0x00000000\tmemcpy\tvmlinux\tEXPORT_SYMBOL\n");
	add("lib.ko", &(struct ko_spec){.exports = exports, .modinfo = lib, .modinfo_size = sizeof lib});
	add("user.ko", &(struct ko_spec){.modinfo = user,
					 .modinfo_size = sizeof user,
					 .needs = (const char *const[]){"memcpy", "hello_say", NULL}});
	assert_string_equal(says(&k, 0), "");
}

/* Also where no .config says that the kernel has versions: both have one. */
static void
compares_versions_without_config(void **state)
{
	static const struct ko_version versions[] = {{"module_layout", 5}, {0}};
	struct modcheck k = {.release = RELEASE, .symbols = true, .note = take_note};

	(void)state;
	symvers("0x00000007\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\n");
	add("hello.ko", &(struct ko_spec){.versions = versions});
	assert_string_equal(says(&k, 0), "1 symbol version does not match this kernel: `module_layout` in hello "
					 "(built against 0x00000005, vmlinux has 0x00000007)");
	assert_non_null(strstr(notes, "of vermagic only the release was compared"));
}

static void
knows_licenses_as_the_kernel_does(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} licenses[] = {{"GPL", true},
			{"Dual MIT/GPL", true},
			{"GPL v3", false},
			{"Dual LGPL/Proprietary", false},
			{"", false}};
	struct modcheck k = kernel();

	(void)state;
	k.symbols = true;
	for (size_t i = 0; i < ARRAY_LEN(licenses); i++) {
		cleanup_str struct str info = {0};

		str_addf(&info, "license=%s", licenses[i].text);
		str_addn(&info, "", 1);
		str_addn(&info, INFO_OF("user"), sizeof INFO_OF("user"));
		modset_free(&set);
		set.with_symbols = true;
		symvers("0x00000000\t_printk\tvmlinux\tEXPORT_SYMBOL_GPL\n");
		add("user.ko", &(struct ko_spec){.modinfo = info.s,
						 .modinfo_size = info.len,
						 .needs = (const char *const[]){"_printk", NULL}});
		assert_int_equal(!*says(&k, 0), licenses[i].good);
	}
}

static void
counts_a_symbol_once(void **state)
{
	static const char *const needs[] = {"nowhere", NULL};
	static const char other[] =
		"license=GPL\0name=other\0vermagic=6.12.5 SMP preempt mod_unload modversions aarch64";
	struct modcheck k = kernel();

	(void)state;
	k.symbols = true;
	symvers("0x00000000\t_printk\tvmlinux\tEXPORT_SYMBOL\n");
	add("hello.ko", &(struct ko_spec){.needs = needs});
	add("other.ko", &(struct ko_spec){.needs = needs, .modinfo = other, .modinfo_size = sizeof other});
	assert_string_equal(says(&k, 0), "1 symbol is exported by nobody (in 2 modules): `nowhere` (hello)");
}

static void
tells_what_is_not_proved(void **state)
{
	struct modcheck k = kernel();

	(void)state;
	k.symbols = true;
	k.config = "CONFIG_MODULES=y\nCONFIG_ARM64=y\nCONFIG_SMP=y\nCONFIG_PREEMPT_BUILD=y\nCONFIG_MODULE_UNLOAD=y\n";
	symvers("0x00000000\t_printk\tvmlinux\tEXPORT_SYMBOL\n");
	add("m.ko", &(struct ko_spec){.modinfo = "license=GPL\0vermagic=6.12.5 SMP preempt mod_unload aarch64",
				      .modinfo_size = 59});
	assert_string_equal(says(&k, 0), "");
	assert_non_null(strstr(notes, "MODVERSIONS=n"));
}

static void
wants_signatures(void **state)
{
	struct modcheck k = kernel();

	(void)state;
	k.config = CONFIG "CONFIG_MODULE_SIG_FORCE=y\n";
	add("signed.ko", &(struct ko_spec){.is_signed = 1,
					   .modinfo = "vermagic=6.12.5 SMP preempt mod_unload modversions aarch64",
					   .modinfo_size = 59});
	assert_string_equal(says(&k, 0), "");
	add("plain.ko", &(struct ko_spec){0});
	assert_string_equal(says(&k, 0), "1 module is not signed, and the kernel loads none that is not: `plain.ko`");
}

static void
tells_damage(void **state)
{
	struct modcheck k = kernel();

	(void)state;
	for (int i = 0; i < 7; i++)
		modset_add(&set, "cut.ko", (struct place){0}, "", 0);
	assert_string_equal(says(&k, 0), "`cut.ko`: ELF: the file is empty");
	assert_string_equal(says(&k, 1), "2 more files are damaged or no modules");
	assert_string_equal(says(&k, 2), "");
}

/* The module that is there counts, not what a list said of an earlier one; and updates/ counts before kernel/. */
static void
believes_modules_before_lists(void **state)
{
	static const struct ko_version now[] = {{"hello_say", 9}, {0}}, before[] = {{"hello_say", 8}, {0}};
	static const char user[] = INFO_OF("user"), hello[] = INFO_OF("hello");
	struct modcheck k = kernel();

	(void)state;
	k.symbols = true;
	k.twice = true;
	symvers("0x00000008\thello_say\textra/hello\tEXPORT_SYMBOL\n");
	add("user.ko", &(struct ko_spec){.versions = now, .modinfo = user, .modinfo_size = sizeof user});
	assert_string_equal(says(&k, 0),
			    "1 symbol version does not match this kernel: `hello_say` in user (built against "
			    "0x00000009, extra/hello has 0x00000008)");
	add("updates/hello.ko", &(struct ko_spec){.exports = now, .modinfo = hello, .modinfo_size = sizeof hello});
	assert_string_equal(says(&k, 0), "");
	assert_non_null(strstr(notes, "another CRC of 1 symbol, such as `hello_say`, than extra/hello itself"));
	add("kernel/hello.ko", &(struct ko_spec){.exports = before, .modinfo = hello, .modinfo_size = sizeof hello});
	assert_string_equal(says(&k, 0), "");
	symvers("0x00000007\thello_say\textra/hello\tEXPORT_SYMBOL\n");
	assert_string_equal(says(&k, 0), "");
}

static void
tells_who_else_exports(void **state)
{
	static const struct ko_version exports[] = {{"hello_say", 9}, {0}};
	static const char hello[] = INFO_OF("hello"), other[] = INFO_OF("other");
	struct modcheck k = kernel();

	(void)state;
	k.symbols = true;
	add("hello.ko", &(struct ko_spec){.exports = exports, .modinfo = hello, .modinfo_size = sizeof hello});
	assert_string_equal(says(&k, 0), "");
	add("other.ko", &(struct ko_spec){.exports = exports, .modinfo = other, .modinfo_size = sizeof other});
	assert_string_equal(says(&k, 0), "1 symbol is exported by two: `hello_say` (hello and other)");
	assert_string_equal(err.head->code, "E0713");
	modset_free(&set);
	set.with_symbols = true;
	symvers("0x00000009\thello_say\tvmlinux\tEXPORT_SYMBOL\n");
	add("hello.ko", &(struct ko_spec){.exports = exports, .modinfo = hello, .modinfo_size = sizeof hello});
	assert_string_equal(says(&k, 0), "1 symbol is exported by two: `hello_say` (vmlinux and hello)");
}

/* A namespace that names who may use it needs no import, and takes none. */
static void
knows_namespaces_of_modules(void **state)
{
	static const struct ko_version uses[] = {{"kvm_say", 1}, {0}};
	static const char intel[] = INFO_OF("kvm_intel"), hello[] = INFO_OF("hello");
	struct modcheck k = kernel();

	(void)state;
	k.symbols = true;
	symvers("0x00000001\tkvm_say\tvmlinux\tEXPORT_SYMBOL\tmodule:kvm,kvm-*\n");
	add("kvm-intel.ko", &(struct ko_spec){.versions = uses,
					      .modinfo = intel,
					      .modinfo_size = sizeof intel,
					      .needs = (const char *const[]){"kvm_say", NULL}});
	assert_string_equal(says(&k, 0), "");
	add("hello.ko", &(struct ko_spec){.versions = uses,
					  .modinfo = hello,
					  .modinfo_size = sizeof hello,
					  .needs = (const char *const[]){"kvm_say", NULL}});
	assert_string_equal(says(&k, 0),
			    "1 symbol is in a namespace that is not imported: `kvm_say` of module:kvm,kvm-* in hello");
}

/* Of two modules of the list one is here: it may be a vendor's. Of two both were: then the third is missing. */
static void
misses_a_module(void **state)
{
	static const struct ko_version one[] = {{"one_say", 1}, {0}}, two[] = {{"two_say", 2}, {0}},
				       uses[] = {{"lost_say", 3}, {0}};
	static const char info_one[] = INFO_OF("one"), info_two[] = INFO_OF("two");
	struct modcheck k = kernel();

	(void)state;
	k.symbols = true;
	symvers("0x00000001\tone_say\ta/one\tEXPORT_SYMBOL\n0x00000002\ttwo_say\ta/two\tEXPORT_SYMBOL\n"
		"0x00000003\tlost_say\ta/lost\tEXPORT_SYMBOL\n0x00000004\t_printk\tvmlinux\tEXPORT_SYMBOL\n");
	add("one.ko", &(struct ko_spec){.exports = one,
					.modinfo = info_one,
					.modinfo_size = sizeof info_one,
					.versions = uses,
					.needs = (const char *const[]){"lost_say", NULL}});
	assert_string_equal(says(&k, 0), "");
	add("two.ko", &(struct ko_spec){.exports = two, .modinfo = info_two, .modinfo_size = sizeof info_two});
	assert_string_equal(says(&k, 0),
			    "1 symbol is exported by a module that is not there: `lost_say` of a/lost (one)");
	assert_string_equal(err.head->code, "E0705");
	k.allow_missing = (const char *const[]){"lost_say"};
	k.nallow_missing = 1;
	assert_string_equal(says(&k, 0), "");
}

/* What a build of outside modules leaves names these only: that `_printk` is not in it says nothing. */
static void
takes_no_other_list_for_the_kernels(void **state)
{
	static const struct ko_version uses[] = {{"_printk", 6}, {"hello_say", 8}, {0}};
	struct modcheck k = kernel();

	(void)state;
	k.symbols = true;
	symvers("0x00000009\thello_say\textra/hello-world\tEXPORT_SYMBOL\n");
	add("user.ko",
	    &(struct ko_spec){.versions = uses, .needs = (const char *const[]){"_printk", "hello_say", NULL}});
	assert_false(set.has_symvers);
	assert_string_equal(says(&k, 0),
			    "1 symbol version does not match this kernel: `hello_say` in hello (built against "
			    "0x00000008, extra/hello-world has 0x00000009)");
	assert_string_equal(says(&k, 1), "");
	symvers("0x00000001\tother\tvmlinux\tEXPORT_SYMBOL\n");
	assert_string_equal(says(&k, 0), "1 symbol is exported by nobody: `_printk` (hello)");
}

/* A module that is there, and does not export what a list, or the kernel's own of that name, does. */
static void
misses_what_a_module_no_longer_exports(void **state)
{
	static const struct ko_version had[] = {{"old_say", 9}, {"new_say", 1}, {0}}, has[] = {{"new_say", 1}, {0}},
				       uses[] = {{"old_say", 9}, {0}};
	static const char user[] = INFO_OF("user"), lib[] = INFO_OF("hello_lib");
	const struct ko_spec needs = {.versions = uses,
				      .modinfo = user,
				      .modinfo_size = sizeof user,
				      .needs = (const char *const[]){"old_say", NULL}};
	struct modcheck k = kernel();

	(void)state;
	k.symbols = true;
	k.twice = true;
	symvers("0x00000001\t_printk\tvmlinux\tEXPORT_SYMBOL\n0x00000009\told_say\textra/hello-lib\tEXPORT_SYMBOL\n"
		"0x00000001\tone_say\ta/one\tEXPORT_SYMBOL\n0x00000002\ttwo_say\ta/two\tEXPORT_SYMBOL\n");
	add("user.ko", &needs);
	assert_string_equal(says(&k, 0), "");
	add("updates/hello-lib.ko", &(struct ko_spec){.exports = has, .modinfo = lib, .modinfo_size = sizeof lib});
	assert_string_equal(says(&k, 0), "1 symbol is exported by nobody: `old_say` (user)");
	add("kernel/hello-lib.ko", &(struct ko_spec){.exports = had, .modinfo = lib, .modinfo_size = sizeof lib});
	assert_string_equal(says(&k, 0), "1 symbol is exported by nobody: `old_say` (user)");
}

/* No kernel is known: what is the same in most of them stands for it. */
static void
compares_with_each_other(void **state)
{
	static const struct ko_version nine[] = {{"hello_say", 9}, {"_printk", 1}, {0}},
				       says_nine[] = {{"hello_say", 9}, {0}}, eight[] = {{"hello_say", 8}, {0}};
	static const char
		hello[] = INFO_OF("hello"),
		a[] = INFO_OF("a"), b[] = INFO_OF("b"),
		odd[] = "license=GPL\0name=odd\0vermagic=6.12.5-odd SMP preempt mod_unload modversions aarch64";
	struct modcheck k = {.symbols = true, .note = take_note};

	(void)state;
	add("odd.ko", &(struct ko_spec){.modinfo = odd, .modinfo_size = sizeof odd, .machine = 62});
	add("a.ko", &(struct ko_spec){.versions = nine,
				      .modinfo = a,
				      .modinfo_size = sizeof a,
				      .needs = (const char *const[]){"hello_say", "_printk", NULL}});
	add("b.ko", &(struct ko_spec){.versions = eight, .modinfo = b, .modinfo_size = sizeof b});
	add("hello.ko", &(struct ko_spec){.exports = says_nine, .modinfo = hello, .modinfo_size = sizeof hello});
	assert_string_equal(says(&k, 0), "1 module is of another architecture (x86_64): `odd.ko`");
	assert_string_equal(says(&k, 1), "1 symbol version does not match this kernel: `hello_say` in b (built against "
					 "0x00000008, hello has 0x00000009)");
	assert_string_equal(says(&k, 2), "");
	assert_non_null(
		strstr(notes, "compared with each other, and the 1 symbol that none of them exports with nothing"));
	set.v[0].machine = 183;
	assert_string_equal(says(&k, 0),
			    "1 module is built for `6.12.5-odd SMP preempt mod_unload modversions aarch64`, and 3 for "
			    "`6.12.5 SMP preempt mod_unload modversions aarch64`: `odd.ko`");
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derives),
		cmocka_unit_test(reads_the_release),
		TEST(accepts_what_fits),
		TEST(tells_vermagic),
		TEST(tells_architecture),
		TEST(tells_symbols),
		TEST(asks_for_no_version_that_nobody_has),
		TEST(compares_versions_without_config),
		TEST(knows_licenses_as_the_kernel_does),
		TEST(counts_a_symbol_once),
		TEST(tells_what_is_not_proved),
		TEST(wants_signatures),
		TEST(tells_damage),
		TEST(believes_modules_before_lists),
		TEST(misses_a_module),
		TEST(takes_no_other_list_for_the_kernels),
		TEST(misses_what_a_module_no_longer_exports),
		TEST(knows_namespaces_of_modules),
		TEST(tells_who_else_exports),
		TEST(compares_with_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
