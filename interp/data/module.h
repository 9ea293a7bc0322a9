/* module: what a kernel module (.ko) says about itself. Strings point into the file's bytes. */
#pragma once
#include "data/elf.h"

struct module {
	struct elf elf;
	const char *name;              /* of modinfo, else of .gnu.linkonce.this_module; NULL when neither says */
	const char *vermagic;          /* exactly one, at most 256 printable bytes */
	const char *depends, *license; /* "" when absent */
	bool is_signed;                /* the file ends in a signature */
	struct elf_section modinfo, versions, version_crcs, version_names, symtab, export_names;
};

/* Reads header, .modinfo and signature; a damaged file, or one that is no module, is -1. */
int module_open(struct module *m, const void *p, size_t n, struct err *err);
/* The next value of a modinfo key after `after` (NULL: the first), or NULL. */
const char *module_info(const struct module *m, const char *key, const char *after);

/* What module_symbols finds, one call each; any may be NULL. */
struct module_visitor {
	void *ctx;
	void (*needs)(void *ctx, const char *name, bool weak);      /* an undefined symbol */
	void (*version)(void *ctx, const char *name, uint32_t crc); /* the CRC it was built against */
	void (*exports)(void *ctx, const char *name, bool gpl_only);
	void (*export_crc)(void *ctx, const char *name, uint32_t crc);
	void (*export_space)(void *ctx, const char *name, const char *space); /* namespace, not "" */
};
int module_symbols(const struct module *m, const struct module_visitor *v, struct err *err);
