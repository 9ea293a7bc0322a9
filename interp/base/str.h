/* str: a growing string, and the few questions about strings that recur. */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Zeroed is empty; `s` is NULL until something is added, then always ended by a NUL. */
struct str {
	char *s;
	size_t len, cap;
};

void str_add(struct str *b, const char *s);
void str_addn(struct str *b, const void *s, size_t n);
void str_addc(struct str *b, char c);
void str_addf(struct str *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_addv(struct str *b, const char *fmt, va_list ap);
/* Adds `s` with control bytes, quotes and backslashes written as \n, \", \\, \xNN. */
void str_add_quoted(struct str *b, const char *s, size_t n);
/* Makes room for `n` more bytes and gives where they go; who writes them counts them into `len`. */
char *str_room(struct str *b, size_t n);
/* Adds `s` for people: what str_printable refuses becomes \xNN, byte by byte. */
void str_add_safe(struct str *b, const char *s, size_t n);
void str_reset(struct str *b); /* empty, memory kept */
void str_free(struct str *b);
char *str_steal(struct str *b);            /* the caller frees; never NULL */
const char *str_text(const struct str *b); /* never NULL */

#define cleanup_str __attribute__((cleanup(str_free)))

/* Bytes of the UTF-8 character that `s` begins with, 0 when it begins with none: surrogates and overlong forms are
 * none. */
size_t str_utf8(const char *s, size_t n);
/* The same, and 0 for what a terminal obeys instead of showing it: controls of both sets, marks that turn the direction
 * of writing, separators of lines. */
size_t str_printable(const char *s, size_t n);
/* Characters of UTF-8, for columns. */
size_t str_width(const char *s);
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
bool str_eq(const char *a, const char *b); /* NULL equals NULL */
/* The part after the last '/'. */
const char *path_base(const char *path);
/* Normalises a relative path in place: no ".", "//", inner ".." folded. -1 when it climbs above its
 * start, is absolute or holds a NUL-free control byte. "" is the start itself. */
int path_clean(char *path);
/* Orders paths so that a folder stands right before what is in it ('/' sorts first). */
int path_cmp(const char *a, const char *b);
/* Whether `path` is `dir` or lies in it; "" holds everything. */
bool path_within(const char *path, const char *dir);
/* Sizes as people write them: "512", "64K", "4G" (1024-based). -1 when it is not one. */
long long parse_size(const char *s);
/* "1.5 GB", "640 kB": decimal units; `buf` of 32 bytes. */
const char *format_size(unsigned long long n, char buf[32]);
/* "0.3 s", "45 s", "3m12s", "1h02m"; `buf` of 32 bytes. */
const char *format_duration(double seconds, char buf[32]);
