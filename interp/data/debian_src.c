/* Which source packages apt knows. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/debian.h"
#include "data/debian_own.h"

#define UNKNOWN "E0907"
#define GONE "E0908"

static int
explain(const char *name, const char *version, const struct str *said, struct err *err)
{
	static const char *const targets[] = {"apt-get",    "indextargets",        "--format",
					      "$(RELEASE)", "Created-By: Sources", NULL};
	cleanup_str struct str suites = {0}, none = {0};
	cleanup_arena struct arena a = {0};

	if (debian_ask(targets, &suites, &none, err) < 0)
		return -1;
	if (!suites.len) {
		err_set(err, UNKNOWN, "apt here has no lists of source packages, so `%s` is not known", name);
		return err_help(
			err, "enable them in /etc/apt (`deb-src`, or `Types: deb deb-src`) and run `apt-get update`");
	}
	if (version && strstr(str_text(said), "not find version")) {
		err_set(err, GONE, "version %s of the Debian source package `%s` is no longer offered", version, name);
		return err_help(err, "run `jkr update` to pin the version that is offered now");
	}
	err_set(err, UNKNOWN, "apt does not know the Debian source package `%s`%s%s", name, said->len ? ": " : "",
		debian_said(said, &a));
	return err_help(
		err,
		"is it the name of the source, and not of one of its packages? If it is new, run `apt-get update`");
}

/* Reads "'URI' FILE SIZE SHA256:hex" lines: the .dsc among them, and what all have together. */
static int
read_uris(char *text, struct arena *a, struct deb *d)
{
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *end = *line == '\'' ? strchr(line + 1, '\'') : NULL, *file, *size, *hash;

		if (!end || end[1] != ' ')
			continue;
		*end = '\0';
		file = end + 2;
		size = strchr(file, ' ');
		hash = size ? strstr(size, " SHA256:") : NULL;
		if (!hash)
			return -1;
		*size++ = '\0';
		d->size += strtoull(size, NULL, 10);
		if (!str_ends(file, ".dsc"))
			continue;
		d->uri = arena_strdup(a, line + 1);
		hash += strlen(" SHA256:");
		d->sha256 = arena_strndup(a, hash, strspn(hash, "0123456789abcdef"));
	}
	return strlen(d->sha256) == 64 ? 0 : -1;
}

/* The version of the package whose .dsc has this hash: file names leave a part of it out. */
static const char *
read_version(const char *text, const char *sha256, struct arena *a)
{
	const char *hit = strstr(text, sha256), *last = NULL, *p = text;

	while (hit && (p = strstr(p, "Version: ")) && p < hit) {
		if (p == text || p[-1] == '\n')
			last = p;
		p++;
	}
	/* the field may come behind the hashes of its own stanza, never behind an empty line */
	if (last && memmem(last, (size_t)(hit - last), "\n\n", 2))
		last = NULL;
	if (hit && !last && p && !memmem(hit, (size_t)(p - hit), "\n\n", 2))
		last = p;
	return last ? arena_strndup(a, last + 9, strcspn(last + 9, "\n")) : "";
}

int
debian_find_source(const char *name, const char *version, struct arena *a, struct deb *out, struct err *err)
{
	const char *what = arena_printf(a, "%s%s%s", name, version ? "=" : "", version ? version : "");
	const char *const uris[] = {"apt-get",       "-qq",    "--print-uris", "--download-only",
				    "--only-source", "source", what,           NULL};
	const char *const show[] = {"apt-cache", "showsrc", "--only-source", name, NULL};
	cleanup_str struct str text = {0}, said = {0}, stanzas = {0}, none = {0};
	int status;

	*out = (struct deb){.name = name, .arch = "source", .sha256 = ""};
	if (!debian_name_ok(name) || (version && !debian_version_ok(version)))
		return err_set(err, UNKNOWN, "`%s` is not a Debian source package", what);
	status = debian_ask(uris, &text, &said, err);
	if (status < 0)
		return -1;
	if (status || !text.len)
		return explain(name, version, &said, err);
	if (!read_uris(text.s, a, out) && debian_ask(show, &stanzas, &none, err) < 0)
		return -1;
	out->version = read_version(str_text(&stanzas), out->sha256, a);
	if (*out->sha256 && debian_version_ok(out->version))
		return 0;
	return err_set(err, UNKNOWN, "apt's answer about the source package `%s` cannot be read", name);
}
