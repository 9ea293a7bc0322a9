/* symvers: a Module.symvers file: the symbols that a kernel or a module offers to others. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct symvers_line {
	uint32_t crc; /* 0 without MODVERSIONS, and where none was found */
	const char *name;
	const char *provider; /* "vmlinux", "drivers/net/foo" */
	const char *space;    /* namespace, "" for none */
	bool gpl_only;
};

/* Calls `fn` for each line; strings are valid during the call only. `shown` names the file. */
typedef void (*symvers_fn)(void *ctx, const struct symvers_line *l);
int symvers_parse(const char *text, size_t n, const char *shown, symvers_fn fn, void *ctx, struct err *err);
