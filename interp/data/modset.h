/* modset: the modules of some trees and folders, and the symbols that they and a kernel share. */
#pragma once
#include "base/err.h"
#include "base/map.h"
#include "base/mem.h"
#include "data/decompress.h"
#include "data/modsign.h"
#include "data/module.h"
#include "os/window.h"

/* A symbol that some module needs or that somebody exports. What a module of the set exports comes from that module; a
 * list says it of the kernel, and of modules that are not in the set. */
struct shared_symbol {
	const char *name;
	const char *provider; /* "vmlinux", "drivers/net/foo", or NULL: nobody exports it */
	const char *other;    /* one more that exports it, or NULL */
	const char *space;    /* namespace, "" for none */
	uint32_t crc;
	bool has_crc, gpl_only;
	bool stale;                   /* the list says another CRC than the module or the image that exports it */
	bool by_image;                /* the kernel's image has it */
	size_t exporter;              /* 1 and more: the module of the set that exports it, by its place there */
	unsigned told;                /* kinds of misfit that were counted for it */
	size_t user, use;             /* the module that was read last (1 and more), and its import; */
	size_t maker, at;             /* the same for its export */
	struct shared_symbol *merged; /* in the set that takes this one in (modread.h) */
};

struct set_import {
	struct shared_symbol *symbol;
	uint32_t crc;
	bool has_crc, needed, weak;
};

struct set_export {
	struct shared_symbol *symbol;
	const char *space;
	uint32_t crc;
	bool has_crc, gpl_only, there;
};

struct set_module {
	const char *shown; /* path as people know it */
	const char *name;  /* with '_' for '-' */
	const char *vermagic, *license, *depends;
	const char *damage; /* a sentence instead of all of the above, or NULL */
	const char *spaces; /* imported namespaces, each between blanks: " A B " */
	uint16_t machine;
	bool is64, big, is_signed;
	enum modsign signature; /* SIGN_NONE also where no keys are known to prove it by */
	const char *signer;
	bool known; /* only exports symbols to others: it is not checked itself */
	enum packing packing;
	struct set_import *imports;
	size_t nimports;
	struct set_export *exports;
	size_t nexports;
	struct place at;
};

struct modset {
	struct arena arena;
	struct arena *parts; /* of sets that were taken in */
	size_t nparts;
	struct set_module *v;
	size_t n, cap;
	struct window window;     /* files that are being read */
	struct map symbols;       /* name → struct shared_symbol */
	struct modsign_keys keys; /* where there are any, signatures are proved */
	bool with_symbols;
	bool adds_known; /* modules that are added from now on are `known` */
	bool complete; /* most modules that the list names are here: what else it names is not there (modset_settle) */
	bool has_symvers; /* what the kernel itself exports is known, of a list or of its image */
	bool has_list;    /* of a list */
	size_t of_image;  /* symbols that its image exports */
	bool image_crcs;  /* with their CRCs */
};

bool module_file_name(const char *name); /* .ko, .ko.gz, .ko.xz, .ko.zst */
/* Whether two names are one module's: "snd-soc-x" is snd_soc_x. */
bool module_same_name(const char *a, const char *b);
/* The kernel's name of a module, from its own or its file's: without folder and endings, with '_' for '-'. */
const char *module_name_of(struct arena *a, const char *path);
/* Takes up one file; what is wrong with it is kept in `damage`. The bytes are not needed afterwards. */
void modset_add(struct modset *s, const char *shown, struct place at, const void *p, size_t n);
/* The same for an open file; -1: it cannot be read. */
int modset_add_fd(struct modset *s, const char *shown, struct place at, int fd, struct err *err);
/* Takes up what a kernel image exports (kexports.h); false when its tables are not found. */
bool modset_image(struct modset *s, const void *image, size_t n);
struct shared_symbol *modset_symbol(struct modset *s, const char *name, bool borrowed); /* new where nobody knows it */
/* Lets the others have what the module at place `number` (from 1) exports. */
void modset_exports(struct modset *s, size_t number);
/* Whether `a` of two modules of one name is the one that is loaded: depmod looks into updates/ first. */
bool modset_outranks(const struct set_module *a, const struct set_module *b);
/* Takes up a list of the kernel's symbols, or of other modules'. What the image exports is not changed by it. */
int modset_symvers(struct modset *s, const char *shown, const char *text, size_t n, struct err *err);
/* After all was read: whether these are all modules of the kernel that the list is of, or some that are added to them;
 * and takes away what a module is said to export that is there and, as it is loaded, does not. */
void modset_settle(struct modset *s);
/* Whether nobody who will be there exports what is needed. */
bool modset_missing(const struct modset *s, const struct set_import *i);
void modset_free(struct modset *s);
