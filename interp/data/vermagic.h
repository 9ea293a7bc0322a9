/* vermagic: the text by which a kernel knows its modules, derived from its release and .config. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct str;

/* Whether the .config text says CONFIG_<symbol>=y. */
bool config_is(const char *config, const char *symbol);

/* Turns the text of include/generated/utsrelease.h or include/config/kernel.release into the release:
 * what the compiler saw, which distributions set apart from the version. Empty when it holds none. */
void vermagic_release(struct str *text);

struct vermagic_arch {
	uint16_t machine; /* ELF e_machine, 0 unknown */
	bool is64, big;
	const char *name; /* as elf_machine_name */
};

/* The architecture that a .config is for; machine 0 when it says none that is known. */
struct vermagic_arch vermagic_arch_of(const char *config);
/* The same from a name as in ARCH= or `uname -m`; machine 0 when unknown. */
struct vermagic_arch vermagic_arch_named(const char *name);

/* Adds the expected vermagic. `config` NULL: only the release and a blank. Returns false when what
 * follows cannot be known (randomised structures, a processor's name), so that only the beginning
 * can be compared. */
bool vermagic_expect(const char *release, const char *config, struct str *out);

/* Adds the words of vermagic `a` that `b` lacks, each in backquotes, in order. */
void vermagic_lacks(const char *a, const char *b, struct str *out);
