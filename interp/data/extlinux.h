/* extlinux: the boot menu that U-Boot, syslinux and NVIDIA's loader read: labels, and under each LINUX, INITRD, FDT,
 * OVERLAYS and APPEND. Lines keep their order, indentation and comments; what is not named stays. */
#pragma once
#include <stddef.h>

struct arena;
struct err;
struct str;
struct strings;

struct extlinux_change {
	const char *label;         /* NULL: the one of DEFAULT, or the only one */
	const char *const *keys;   /* "FDT", …, each with the value beside it; ended by NULL */
	const char *const *values; /* NULL: the line goes */
	const struct strings
		*args; /* "rootwait", "root=/dev/sda1": arguments of APPEND, in place of those of one name */
	const struct strings *without; /* names of arguments that go, whatever their value */
};

/* Adds the changed text to `out`. -1: there is no such label, it has no APPEND, or two of a line. */
int extlinux_change(const char *text, const struct extlinux_change *c, struct str *out, struct err *err);

/* An entry as it is; strings live in the arena, NULL is a line that is not there. */
struct extlinux_entry {
	const char *label, *linux, *initrd, *fdt;
	struct strings *overlays, *args; /* args: the words of APPEND */
};

/* -1: there is no such label (NULL: as above), or two of a line. */
int extlinux_read(const char *text, const char *label, struct arena *a, struct extlinux_entry *out, struct err *err);
