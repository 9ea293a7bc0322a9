/* modset: the modules of some trees and folders, and the symbols that they and a kernel share. */
#pragma once
#include "base/err.h"
#include "base/map.h"
#include "base/mem.h"
#include "data/decompress.h"
#include "data/module.h"

/* A symbol that some module needs or that somebody exports. */
struct shared_symbol {
	const char *name;
	const char *provider; /* "vmlinux", "drivers/net/foo", or NULL: nobody exports it */
	const char *space;    /* namespace, "" for none */
	uint32_t crc;
	bool has_crc, gpl_only;
	unsigned told;                 /* kinds of misfit that were counted for it */
	const struct set_module *user; /* of the module read last: its import is `import` */
	size_t import;
};

struct set_import {
	struct shared_symbol *symbol;
	uint32_t crc;
	bool has_crc, needed, weak;
};

struct set_module {
	const char *shown; /* path as people know it */
	const char *name;  /* with '_' for '-' */
	const char *vermagic, *license, *depends;
	const char *damage; /* a sentence instead of all of the above, or NULL */
	const char *spaces; /* imported namespaces, each between blanks: " A B " */
	uint16_t machine;
	bool is64, big, is_signed;
	enum packing packing;
	struct set_import *imports;
	size_t nimports;
	struct place at;
};

struct modset {
	struct arena arena;
	struct set_module *v;
	size_t n, cap;
	struct map symbols; /* name → struct shared_symbol */
	bool with_symbols, has_symvers;
};

/* Whether a file's name is a module's: .ko, .ko.gz, .ko.xz, .ko.zst. */
bool module_file_name(const char *name);
/* Whether two names are one module's: "snd-soc-x" is snd_soc_x. */
bool module_same_name(const char *a, const char *b);
/* Takes up one file; what is wrong with it is kept in `damage`. The bytes are not needed afterwards. */
void modset_add(struct modset *s, const char *shown, struct place at, const void *p, size_t n);
/* The same for an open file. -1 only when it cannot be read. */
int modset_add_fd(struct modset *s, const char *shown, struct place at, int fd, struct err *err);
int modset_symvers(struct modset *s, const char *shown, const char *text, size_t n, struct err *err);
void modset_free(struct modset *s);
