/* Which lines of a log say what went wrong: what programs print when they fail, as they print it. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"
#include "run/logs.h"

#define ENTERING "make[1]: Entering directory '/jkr/src'\n"

static const struct {
	const char *log, *told; /* the lines that are told, each ended by a newline */
} cases[] = {
	{"depmod: WARNING: could not open modules.order at /m/lib/modules/6.1.0: No such file or directory\n"
	 "depmod: ERROR: could not open directory /m/lib/modules/6.1: No such file or directory\n"
	 "depmod: FATAL: could not search modules: No such file or directory\n",
	 "depmod: ERROR: could not open directory /m/lib/modules/6.1: No such file or directory\n"
	 "depmod: FATAL: could not search modules: No such file or directory\n"},
	{"depmod: FATAL: could not load /jkr/headers/System.map: No such file or directory\nsaid\nafter\nthat\nall\n",
	 "depmod: FATAL: could not load /jkr/headers/System.map: No such file or directory\n"},
	{"depmod: WARNING: ./lib/modules/6.1.0/a.ko needs unknown symbol host1x_get\none\ntwo\nthree\n",
	 "depmod: WARNING: ./lib/modules/6.1.0/a.ko needs unknown symbol host1x_get\n"},
	{"modprobe: FATAL: Module nvme not found in directory /lib/modules/6.1.0\n# reboot\n",
	 "modprobe: FATAL: Module nvme not found in directory /lib/modules/6.1.0\n"},
	{"a.dts:2.3-23: ERROR (phandle_references): /: Reference to non-existent node or label \"i2c9\"\n\n"
	 "ERROR: Input tree has errors, aborting (use -f to force output)\n",
	 "a.dts:2.3-23: ERROR (phandle_references): /: Reference to non-existent node or label \"i2c9\"\n"
	 "ERROR: Input tree has errors, aborting (use -f to force output)\n"},
	{"Error: b.dts:2.13-14 syntax error\nFATAL ERROR: Unable to parse input tree\n",
	 "Error: b.dts:2.13-14 syntax error\nFATAL ERROR: Unable to parse input tree\n"},
	{"\nFailed to apply 'camera.dtbo': FDT_ERR_NOTFOUND\nmore\nto\nsay\n",
	 "Failed to apply 'camera.dtbo': FDT_ERR_NOTFOUND\n"},
	{"Couldn't open blob from 'base.dtb': No such file or directory\n\nFailed to read 'base.dtb'\n",
	 "Couldn't open blob from 'base.dtb': No such file or directory\n"},
	{"\nFailed to make temporary copy: FDT_ERR_BADVERSION\nthe\nlast\nwords\n",
	 "Failed to make temporary copy: FDT_ERR_BADVERSION\n"},
	{"./usr\ncpio: etc/shadow: Cannot open: Permission denied\n1 block\nnext\nlast\n",
	 "cpio: etc/shadow: Cannot open: Permission denied\n"},
	{"\nFilesystem too small for a journal\n__populate_fs: Could not allocate block in ext2 filesystem while writing file \"f\"\n"
	 "mkfs.ext4: Could not allocate block in ext2 filesystem while populating file system\n\n\n\n",
	 "__populate_fs: Could not allocate block in ext2 filesystem while writing file \"f\"\n"
	 "mkfs.ext4: Could not allocate block in ext2 filesystem while populating file system\n"},
	{"/usr/bin/ld: m.o: in function `main':\nm.c:(.text+0x5): undefined reference to `f'\n"
	 "collect2: error: ld returned 1 exit status\nmake: *** [Makefile:2: m] Error 1\n",
	 "m.c:(.text+0x5): undefined reference to `f'\ncollect2: error: ld returned 1 exit status\n"},
	{"ld: cannot open linker script file vmlinux.lds: No such file or directory\nmake: *** [Makefile:2: m] Error 1\n",
	 "ld: cannot open linker script file vmlinux.lds: No such file or directory\n"},
	{"ld: a.o: error adding symbols: file in wrong format\nmake: *** [Makefile:2: m] Error 1\n",
	 "ld: a.o: error adding symbols: file in wrong format\n"},
	{"  MODPOST Module.symvers\nERROR: modpost: \"host1x_get\" [drivers/a.ko] undefined!\n"
	 "make[2]: *** [scripts/Makefile.modpost:126: Module.symvers] Error 1\nmake[1]: *** [Makefile:1990: modpost] Error 2\n",
	 "ERROR: modpost: \"host1x_get\" [drivers/a.ko] undefined!\n"},
	{"make[2]: *** No rule to make target 'drivers/metis.o', needed by 'drivers/built-in.a'.  Stop.\n"
	 "make[1]: *** [Makefile:1990: drivers] Error 2\nmake: *** [Makefile:234: __sub-make] Error 2\n",
	 "make[2]: *** No rule to make target 'drivers/metis.o', needed by 'drivers/built-in.a'.  Stop.\n"},
	{"Makefile:2: *** missing separator.  Stop.\n", "Makefile:2: *** missing separator.  Stop.\n"},
	{"Makefile:10: *** KERNEL_HEADERS is not set.  Stop.\nmake: *** [Makefile:3: all] Error 2\n",
	 "Makefile:10: *** KERNEL_HEADERS is not set.  Stop.\n"},
	/* a chain of consequences: what the program said, and where it was called */
	{ENTERING
	 "  CC      a.o\nmkthing: no such board: p3768\n"
	 "make[1]: *** [Mk2:2: all] Error 3\nmake[1]: Leaving directory '/jkr/src'\nmake: *** [Mk1:2: all] Error 2\n",
	 "mkthing: no such board: p3768\nmake[1]: *** [Mk2:2: all] Error 3\n"},
	{ENTERING "make[1]: *** [Mk2:2: all] Error 3\nmake: *** [Mk1:2: all] Error 2\n",
	 "make[1]: *** [Mk2:2: all] Error 3\n"},
	{"make: *** [Mk1:2: all] Error 2\n", "make: *** [Mk1:2: all] Error 2\n"},
	/* Kconfig's remarks count where it stopped by them, and not where another program failed */
	{"drivers/nv/Kconfig:7: syntax error\ndrivers/nv/Kconfig:6: unknown statement \"optin\"\n"
	 "make[1]: *** [scripts/kconfig/Makefile:77: olddefconfig] Error 1\n",
	 "drivers/nv/Kconfig:7: syntax error\n"},
	{"drivers/Kconfig:3: can't open file \"drivers/metis/Kconfig\"\nmake[2]: *** [scripts/kconfig/Makefile:77: olddefconfig] Error 1\n",
	 "drivers/Kconfig:3: can't open file \"drivers/metis/Kconfig\"\n"},
	{"init/Kconfig:9:error: recursive dependency detected!\ninit/Kconfig:9:\tsymbol A depends on B\n",
	 "init/Kconfig:9:error: recursive dependency detected!\n"},
	{"  HOSTCC  scripts/kconfig/conf.o\n\nWARNING: unmet direct dependencies detected for NVME\n  Depends on [n]: PCI [=n]\n"
	 "  Selected by [y]:\n  - METIS [=y]\n.config:12:warning: symbol value 'x' invalid for CMA\n#\n"
	 "make[2]: *** [scripts/kconfig/Makefile:77: olddefconfig] Error 1\nmake[1]: *** [Makefile:617: olddefconfig] Error 2\n",
	 "WARNING: unmet direct dependencies detected for NVME\n  Depends on [n]: PCI [=n]\n"
	 "make[2]: *** [scripts/kconfig/Makefile:77: olddefconfig] Error 1\n"},
	{".config:12:warning: symbol value 'x' invalid for CMA\n1\n2\n3\n4\n5\n6\n7\n8\n9\nmake: *** [Makefile:1: x] Error 1\n",
	 "8\n9\nmake: *** [Makefile:1: x] Error 1\n"},
	{".config:12:warning: symbol value 'x' invalid for CMA\na.c:1:2: error: no\nmake: *** [Makefile:1: x] Error 1\n",
	 "a.c:1:2: error: no\n"},
	/* no form at all */
	{"[jkr: began]\none\ntwo\nthree\nfour", "two\nthree\nfour\n"},
	{"", ""},
};

static void
told(const char *log, struct str *out)
{
	int fd = memfd_create("log", MFD_CLOEXEC);
	struct err err = {0};

	assert_int_equal(write(fd, log, strlen(log)), strlen(log));
	err_set(&err, "E0317", "it failed");
	log_explain(fd, &err);
	close(fd);
	if (err.head->label)
		str_addf(out, "%s\n", err.head->label);
	for (unsigned i = 0; i < err.head->nhelp; i++)
		str_addf(out, "%s\n", err.head->help[i] + (str_starts(err.head->help[i], "then: ") ? 6 : 0));
	err_free(&err);
}

static void
test_causes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str got = {0};

		told(cases[i].log, &got);
		assert_string_equal(str_text(&got), cases[i].told);
		str_free(&got);
	}
}

static void
test_bounds(void **state)
{
	struct str log = {0}, got = {0};

	(void)state;
	for (int i = 0; i < 5; i++)
		str_addf(&log, "a.c:%d:1: error: no\n", i);
	str_add(&log, "a.c:0:1: error: no\n");
	told(str_text(&log), &got);
	assert_string_equal(str_text(&got), "a.c:0:1: error: no\na.c:1:1: error: no\na.c:2:1: error: no\n"
					    "2 more such lines are in the log\n");
	/* a line too long to read is none, also right before what make tells */
	str_reset(&log), str_reset(&got);
	for (int i = 0; i < 5000; i++)
		str_add(&log, "x");
	str_add(&log, "\nmake: *** [Makefile:1: x] Error 1\n");
	told(str_text(&log), &got);
	assert_string_equal(str_text(&got), "make: *** [Makefile:1: x] Error 1\n");
	str_free(&log);
	str_free(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_causes), cmocka_unit_test(test_bounds)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
