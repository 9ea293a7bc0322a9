/* dts: what has to be known of a device tree source before dtc reads it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

/* Looks at the file that the user wrote: no NUL, and no line marker that names another place. */
int dts_check_source(const char *text, size_t n, const char *shown, struct err *err);
/* What cpp may have entered: the source, as it was called, and absolute folders. */
struct dts_known {
	const char *source;
	const char *const *folders;
	size_t n;
};
/* Looks at what cpp made of it: refuses what reads files past the declared folders (/include/, /incbin/ of an
 * absolute path or through "..", an #include of them). `plugin`: whether it is an overlay. */
int dts_check_expanded(const char *text, const struct dts_known *known, bool *plugin, struct err *err);
/* Where the expanded text refers to a label or path first: "hello.dtso:7", or NULL. */
const char *dts_where(const char *text, const char *reference, struct arena *a);
/* A path as the user knows it: the places of the sandbox's mounts are taken off. */
const char *dts_shown(const char *path);

/* The folder of the sandbox below which the declared folders lie. */
#define DTS_MOUNTS "/jkr/in/"
