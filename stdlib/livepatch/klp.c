// SPDX-License-Identifier: GPL-2.0-only
/*
 * klp: what a live patch for x86-64 is made of.
 *
 *   klp take ORIGINAL PATCHED SYSTEM_MAP SYMVERS OUT   two builds of one object, both with a section for each function
 *       and each datum. OUT becomes an object with the functions that differ and what is new with them; their
 *       names go to stdout, a line each, "= NAME" for a function that takes the place of another and "+ NAME" for a
 *       new one. Exits with 4, and writes nothing, where no function differs.
 *   klp mark MODULE SYMVERS                            a linked module: symbols that only the kernel itself knows, and
 * the relocations that use them, in the form that the kernel's loader resolves
 * (Documentation/livepatch/module-elf-format.rst).
 *
 * What changed is compared by content: bytes, relocations, and what those lead to. What a function refers to and the
 * running kernel has already stays where it is: an exported symbol by its name, any other by a name of the form
 * .klp.sym.vmlinux.NAME,0. What cannot be patched so is refused, with the reason.
 */
#include <stdio.h>
#include <string.h>

#include "klp.h"

struct object was, is;

int
main(int argc, char **argv)
{
	if (argc == 7 && !strcmp(argv[1], "take")) {
		subject = argv[3];
		return command_take(argv + 2);
	}
	if (argc == 4 && !strcmp(argv[1], "mark")) {
		subject = argv[2];
		return command_mark(argv + 2);
	}
	fprintf(stderr, "usage: klp take ORIGINAL PATCHED SYSTEM_MAP SYMVERS OUT, klp mark MODULE SYMVERS\n");
	return 2;
}
