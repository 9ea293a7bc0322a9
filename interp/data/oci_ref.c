#include "data/oci_ref.h"

#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"

#define CODE "E0016"
#define FORM "oci://HOST/NAME:TAG or oci://HOST/NAME@sha256:DIGEST; oci+http:// for a server without TLS"
#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz" DIGITS
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ" LOWER

enum { NAME_MAX_BYTES = 255, TAG_MAX = 128 };

static const struct {
	const char *prefix, *http;
} schemes[] = {
	{"oci://", NULL},
	{"oci+https://", "https://"},
	{"oci+http://", "http://"},
};

bool
oci_ref_is(const char *s)
{
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (str_starts(s, schemes[i].prefix))
			return true;
	return false;
}

bool
oci_is_digest(const char *s)
{
	return str_starts(s, OCI_DIGEST) && strlen(s) == strlen(OCI_DIGEST) + HASH_HEX - 1 &&
	       strspn(s + strlen(OCI_DIGEST), DIGITS "abcdef") == HASH_HEX - 1;
}

bool
oci_is_loopback(const char *host)
{
	size_t n = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");

	if (str_starts(host, "127."))
		return strspn(host, DIGITS ".") == n;
	return (n == 9 && !strncmp(host, "localhost", n)) || (n == 5 && !strncmp(host, "[::1]", n));
}

/* HOST, HOST:PORT or [V6]:PORT, all of it. */
static bool
good_host(const char *s)
{
	size_t n = strspn(s, LETTERS ".-");

	if (*s == '[') {
		n = strcspn(s, "]");
		if (!s[n] || n < 3 || strspn(s + 1, DIGITS "abcdefABCDEF:.") != n - 1)
			return false;
		n++;
	} else if (!n || strchr("-.", *s)) {
		return false;
	}
	if (s[n] == ':') {
		size_t k = strspn(s + n + 1, DIGITS);

		return k && k < 6 && !s[n + 1 + k];
	}
	return !s[n];
}

/* Parts between slashes, of letters and digits, in them single dots, dashes and underscores. */
static bool
good_name(const char *s)
{
	if (strlen(s) > NAME_MAX_BYTES || strstr(s, ".."))
		return false;
	for (;; s++) {
		size_t n = strspn(s, LOWER "._-");

		if (!n || strchr("._-", *s) || strchr("._-", s[n - 1]))
			return false;
		s += n;
		if (*s != '/')
			return !*s;
	}
}

static bool
good_tag(const char *s)
{
	size_t n = strspn(s, LETTERS "._-");

	return n && n <= TAG_MAX && !s[n] && !strchr(".-", *s);
}

static int
fail(const char *s, const char *why, struct err *err)
{
	err_set(err, CODE, "`%s` is no address of a registry: %s", s, why);
	return err_help(err, "an address is %s", FORM);
}

static const char *
base_of(size_t scheme, const char *host, struct arena *a)
{
	const char *http = schemes[scheme].http;

	if (!http)
		http = oci_is_loopback(host) ? "http://" : "https://";
	return arena_printf(a, "%s%s", http, host);
}

int
oci_ref_parse(const char *s, struct arena *a, struct oci_ref *out, struct err *err)
{
	size_t scheme = 0;
	char *host, *name, *p;

	*out = (struct oci_ref){0};
	while (scheme < ARRAY_LEN(schemes) && !str_starts(s, schemes[scheme].prefix))
		scheme++;
	if (scheme == ARRAY_LEN(schemes))
		return fail(s, "it begins with `oci://`", err);
	host = arena_strdup(a, s + strlen(schemes[scheme].prefix));
	name = strchr(host, '/');
	if (!name)
		return fail(s, "behind the host stands the name of a repository", err);
	*name++ = '\0';
	if ((p = strchr(name, '@'))) {
		*p++ = '\0';
		out->digest = p;
	}
	if ((p = strchr(name, ':'))) {
		*p++ = '\0';
		out->tag = p;
	}
	if (!good_host(host))
		return fail(s, "its host is none", err);
	if (!good_name(name))
		return fail(s, "a repository's name has small letters, digits and single . _ - in it", err);
	if (out->tag && !good_tag(out->tag))
		return fail(s, "a tag has up to 128 letters, digits and . _ -", err);
	if (out->digest && !oci_is_digest(out->digest))
		return fail(s, "a digest is `sha256:` and 64 digits, in small letters", err);
	out->host = host;
	out->name = name;
	out->base = base_of(scheme, host, a);
	out->clear = str_starts(out->base, "http:") && !oci_is_loopback(host);
	out->url = arena_printf(a, "%s%s/%s", schemes[scheme].prefix, host, name);
	return 0;
}
