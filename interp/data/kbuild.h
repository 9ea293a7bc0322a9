/* kbuild: the lines in which Kbuild says what it makes, and with V=2 why; and what its .cmd files say of that. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct str;

struct kbuild_text {
	const char *s;
	size_t n;
};

/* "  CC [M]  fs/ext4/inode.o - due to: include/config/SMP": tag "CC [M]", target, why "include/config/SMP". */
struct kbuild_line {
	struct kbuild_text tag, target, why; /* why: empty without V=2 */
};

enum kbuild_reason {
	KBUILD_NONE,   /* the line gives no reason */
	KBUILD_SOURCE, /* each but NEW, COMMAND and ALWAYS names a file, or of a symbol the name */
	KBUILD_HEADER,
	KBUILD_SYMBOL,  /* a symbol of the configuration */
	KBUILD_COMMAND, /* another command line */
	KBUILD_NEW,     /* was not there */
	KBUILD_FOLLOWS, /* what it is made of was made */
	KBUILD_ALWAYS,  /* Kbuild makes it each time */
};

/* False for any other line. `line` has no newline. */
bool kbuild_line(const char *line, size_t n, struct kbuild_line *out);
/* Why it was made; of several files the one that tells most: source, header, symbol, then what follows. `what` gets it.
 */
enum kbuild_reason kbuild_reason(const struct kbuild_line *l, struct kbuild_text *what);
/* Whether a line is one warning, of a compiler, sparse, dtc, modpost, a linker or Kconfig. */
bool kbuild_warning(const char *line, size_t n);
/* The words that the command of one .cmd file has and that of another has not, each with - or + in front, a blank
 * between; false when they differ in none, or one is no .cmd file. */
bool kbuild_command_change(const char *before, const char *after, struct str *out);
/* The name of the .cmd file of a target: "init/.main.o.cmd". */
void kbuild_cmd_name(const char *target, size_t n, struct str *out);
