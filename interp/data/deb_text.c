#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/debian.h"

void
deb_format(const struct deb *d, struct str *out)
{
	str_addf(out, "%s %s %s sha256:%s size:%" PRIu64, d->name, d->version, d->arch, d->sha256, d->size);
}

int
deb_parse(const char *text, struct arena *a, struct deb *out)
{
	char name[256], version[256], arch[64], hex[65], size[32];
	struct hash h;
	int end = 0;

	if (sscanf(text, "%255s %255s %63s sha256:%64s size:%31[0-9]%n", name, version, arch, hex, size, &end) != 5 ||
	    text[end])
		return -1;
	if (!debian_name_ok(name) || !debian_version_ok(version) || hash_parse(&h, hex) < 0 || strlen(size) > 18)
		return -1;
	if (!*arch || arch[strspn(arch, "abcdefghijklmnopqrstuvwxyz0123456789")])
		return -1;
	out->name = arena_strdup(a, name);
	out->version = arena_strdup(a, version);
	out->arch = arena_strdup(a, arch);
	out->sha256 = arena_strdup(a, hex);
	out->size = strtoull(size, NULL, 10);
	out->uri = "";
	return 0;
}
