/* elfdiff: the section in which two ELF files differ, and what of it can be read. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct cause;
struct str;

/* Adds "offset 96, which is 12 in section .rodata: `10:01:02` and `10:01:05`", and says the cause where that tells one.
 * Of several sections it is the one that the others follow from: a build-id is a hash of all the rest. false: they are
 * not both ELF files, or do not differ in a section. */
bool elfdiff(const void *a, size_t na, const void *b, size_t nb, struct str *where, const struct cause **cause);
