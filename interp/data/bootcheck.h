/* bootcheck: whether an entry of extlinux.conf would boot as it is meant to: what it names is there, its arguments
 * are those that were asked for. */
#pragma once
#include <stdbool.h>

struct err;
struct str;
struct strings;
struct view;

struct boot_rules {
	const char *menu;               /* the file's path in the root file system */
	const char *label;              /* NULL: as extlinux_read has it */
	const char *fdt;                /* the FDT line, or NULL: any */
	const struct strings *overlays; /* the OVERLAYS line, in this order, or NULL: any */
	const struct strings *args;     /* arguments that must be there, and no other of their names */
	const struct strings *without;  /* names of arguments that must not be there */
	const struct strings *same;     /* names of arguments whose values must be one */
	const struct strings *later;    /* files named there that come later: they may be absent */
	bool apply;                     /* the overlays are put on the FDT, in order, as the loader will */
	bool new_libfdt;                /* what applies them keeps phandles (overlay.h) */
	bool any_board;                 /* an overlay may say that it is for other boards */
	bool loader_root;               /* none is right where APPEND has ${cbootargs}: the loader brings it */
};

/* What must be one on every machine where cores are isolated. */
extern const char *const boot_isolation[]; /* ended by NULL */

/* A view_check_fn with struct boot_rules, over a root file system. */
int bootcheck(const struct view *root, const void *rules, struct str *got, struct err *err);
