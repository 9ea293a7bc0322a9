#include "data/charset.h"

#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"

/* The names come from mails of strangers: no other ever reaches iconv, which looks for modules by name. */
static const char *const known[] = {
	"iso-8859-1",   "iso-8859-2",   "iso-8859-3",   "iso-8859-4",   "iso-8859-5",   "iso-8859-6",   "iso-8859-7",
	"iso-8859-8",   "iso-8859-9",   "iso-8859-10",  "iso-8859-13",  "iso-8859-14",  "iso-8859-15",  "iso-8859-16",
	"latin1",       "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255",
	"windows-1256", "windows-1257", "windows-1258", "koi8-r",       "koi8-u",       "gb2312",       "gbk",
	"gb18030",      "big5",         "euc-jp",       "shift_jis",    "iso-2022-jp",  "euc-kr",
};

static const char *const as_it_is[] = {"utf-8", "utf8", "us-ascii", "ascii", "ansi_x3.4-1968"};

static const char *
find(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcasecmp(list[i], name))
			return list[i];
	return NULL;
}

/* gcc's analyzer takes the -1 of a refusal for something to be closed */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

int
charset_add(const char *charset, const char *s, size_t n, struct str *out)
{
	enum { WIDEST = 4 }; /* bytes of UTF-8 that one byte becomes, and then some */
	const char *name = find(known, ARRAY_LEN(known), charset);
	char *in = (char *)s, *to;
	size_t room = n * WIDEST + 16, left = room;
	iconv_t cd;
	bool bad;

	if (find(as_it_is, ARRAY_LEN(as_it_is), charset)) {
		str_addn(out, s, n);
		return 0;
	}
	cd = name ? iconv_open("UTF-8", name) : (iconv_t)-1;
	if (cd == (iconv_t)-1)
		return -1;
	to = str_room(out, room);
	bad = iconv(cd, &in, &n, &to, &left) == (size_t)-1 || iconv(cd, NULL, NULL, &to, &left) == (size_t)-1;
	iconv_close(cd);
	if (bad)
		return -2;
	out->len += room - left;
	out->s[out->len] = '\0';
	return 0;
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
