/* What the words of a recipe may be: addresses, refs, ids. */
#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/git.h"

#define REFUSED "E0912"

static bool
has_bad_byte(const char *s, const char *bad)
{
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f || strchr(bad, *s))
			return true;
	return false;
}

/* user@host:path, as ssh takes it. */
static bool
is_scp(const char *s)
{
	size_t user = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
	size_t host = s[user] == '@'
			      ? strspn(s + user + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
			      : 0;

	return user && host && s[user + 1] != '-' && s[user + 1 + host] == ':' && s[user + 2 + host] &&
	       s[user + 2 + host] != ':';
}

int
git_url_check(const char *url, struct err *err)
{
	static const char *const schemes[] = {"https://", "http://", "git://", "ssh://", "file:///"};
	bool known = is_scp(url);

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		known |= str_starts(url, schemes[i]) && url[strlen(schemes[i])] && url[strlen(schemes[i])] != '-';
	if (*url == '-' || !known)
		return err_set(
			err, REFUSED,
			"`%s` is not an address that git_checkout takes: https, http, git, ssh, file:/// or user@host:path",
			url);
	if (has_bad_byte(url, ""))
		return err_set(err, REFUSED, "the address `%s` holds a blank or control character", url);
	return 0;
}

int
git_ref_check(const char *ref, struct err *err)
{
	if (*ref && !strchr("-/.", *ref) && !has_bad_byte(ref, "~^:?*[\\") && !strstr(ref, "..") &&
	    !strstr(ref, "//") && !strstr(ref, "@{") && !str_ends(ref, "/") && !str_ends(ref, ".lock"))
		return 0;
	return err_set(err, REFUSED, "`%s` is not the name of a branch or tag", ref);
}

bool
git_is_commit(const char *s)
{
	size_t n = strspn(s, "0123456789abcdef");

	return !s[n] && (n == 40 || n == 64);
}
