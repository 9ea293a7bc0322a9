// SPDX-License-Identifier: GPL-2.0-only
/* klp: an object in two builds, and what is made of them. */
#pragma once
#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KLP_SHN 0xff20u
#define KLP_RELA 0x00100000u
#define PREFIX ".klp.sym.vmlinux."

struct section {
	Elf64_Shdr *h;
	const char *name;
	unsigned char *data;
	Elf64_Rela *rel;
	size_t nrel;
	int twin;         /* of the same name in the other object, 0: none */
	bool text, table; /* code; a table of places in code */
	bool changed, taken;
	int out; /* number in what is written */
};

struct object {
	const char *path;
	unsigned char *bytes;
	size_t size;
	Elf64_Ehdr *eh;
	struct section *s;
	int n;
	Elf64_Sym *sym;
	size_t nsym;
	const char *names;
	int symtab, strtab;
};

struct symbol {
	char *name; /* NULL: a section's */
	int section;
	Elf64_Sym y;
};

struct out_section {
	char *name;
	Elf64_Shdr h;
	unsigned char *data;
	Elf64_Rela *rel;
	size_t nrel;
};

struct bytes {
	unsigned char *v;
	size_t n;
};

extern const char *subject; /* what a refusal is about */
extern struct object was, is;
extern struct out_section *outs;
extern int nouts;
extern struct symbol *symbols;
extern size_t nsymbols;

__attribute__((format(printf, 1, 2), noreturn)) void refuse(const char *fmt, ...);
void read_kernel(const char *map, const char *exports);
void *grown(void *p, size_t size);
bool starts(const char *s, const char *with);
unsigned char *whole(const char *path, size_t *size);
void read_object(struct object *o, const char *path);
const char *name_of(const struct object *o, const Elf64_Sym *y);
bool named(const Elf64_Sym *y);
bool inside(const struct object *o, const Elf64_Sym *y);
int64_t place(const Elf64_Sym *y, const Elf64_Rela *r);
const Elf64_Sym *owner(const struct object *o, int section, int64_t at);
size_t base_length(const char *name);
bool same_base(const char *a, const char *b);
bool of_macro(const char *name);
bool anonymous(const struct object *o, int section, const struct section *s);
int section_named(const struct object *o, const char *name);
const Elf64_Sym *function_of(const struct object *o, int section);
bool is_cold(const struct object *o, int section);
void differ(void);
int in_kernel(const char *name);
bool exported(const char *name);
size_t add_symbol(const char *name, int section, const Elf64_Sym *like, unsigned char info);
struct out_section *add_out(const char *name, const Elf64_Shdr *like);
size_t put(struct bytes *b, const void *data, size_t n, size_t align);
size_t put_text(struct bytes *b, const char *s);
void write_file(const char *path, const struct bytes *b);
void write_object(const char *path);
int command_take(char **arg);
int command_mark(char **arg);
