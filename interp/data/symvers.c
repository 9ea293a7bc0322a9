#include "data/symvers.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#define CODE "E0709"
#define FIELDS 5

/* "0x1234abcd", and nothing beside it. */
static bool
parse_crc(const char *s, uint32_t *crc)
{
	char *end;

	if (!str_starts(s, "0x") || strlen(s) > 10 || strspn(s + 2, "0123456789abcdefABCDEF") != strlen(s + 2) || !s[2])
		return false;
	*crc = (uint32_t)strtoul(s, &end, 16);
	return !*end;
}

/* CRC, symbol, module, kind of export, namespace; 5.3 and 5.4 wrote the namespace before the module. */
static bool
parse_line(char *line, struct symvers_line *l)
{
	char *f[FIELDS] = {0};
	size_t n = 0, kind, module = 2;

	for (char *p = line; p && n < FIELDS; n++) {
		f[n] = p;
		p = strchr(p, '\t');
		if (p)
			*p++ = 0;
		if (p && n == FIELDS - 1)
			return false;
	}
	if (n < 4 || !*f[1] || !parse_crc(f[0], &l->crc))
		return false;
	kind = str_starts(f[3], "EXPORT_") ? 3 : 4;
	if (kind == 4 && (n < 5 || !str_starts(f[4], "EXPORT_")))
		return false;
	if (kind == 4)
		module = 3;
	l->name = f[1];
	l->provider = f[module];
	l->space = kind == 4 ? f[2] : n == 5 ? f[4] : "";
	l->gpl_only = strstr(f[kind], "_GPL") != NULL;
	return **f && *l->provider;
}

int
symvers_parse(const char *text, size_t n, const char *shown, symvers_fn fn, void *ctx, struct err *err)
{
	const char *p = text, *end = text + n;
	cleanup_str struct str line = {0};
	struct symvers_line l;

	for (unsigned at = 1; p < end; at++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((nl ? nl : end) - p);

		str_reset(&line);
		str_addn(&line, p, len);
		if (memchr(p, 0, len) || !parse_line(line.s, &l)) {
			err_set(err, CODE, "`%s` line %u is not a line of a Module.symvers file", shown, at);
			return err_help(err, "a line holds CRC, symbol, module and kind of export, with tabs between");
		}
		fn(ctx, &l);
		p = nl ? nl + 1 : end;
	}
	return 0;
}
