#include "os/url.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

char *
url_shown(const char *url)
{
	const char *p = strstr(url, "://");
	const char *host = p ? p + 3 : NULL;
	const char *at = host ? memchr(host, '@', strcspn(host, "/?#")) : NULL;

	return at ? xasprintf("%.*s%s", (int)(host - url), url, at + 1) : xstrdup(url);
}

char *
url_pinned(const char *url)
{
	return str_starts(url, "http") ? url_shown(url) : xstrdup(url);
}

int
url_check(const char *url, struct err *err)
{
	if (!str_starts(url, "https://") && !str_starts(url, "http://") && !str_starts(url, "file:///"))
		return err_set(err, "E0912", "`%s` is not an http, https or file:/// address", url),
		       err_help(
			       err,
			       "a file from elsewhere is staged by hand: fetch { file = \"…\", get = \"how to get it\" }");
	for (const char *p = url; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return err_set(err, "E0912", "the address `%s` holds a blank or control character", url);
	return 0;
}
