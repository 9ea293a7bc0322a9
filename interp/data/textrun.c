#include "data/textrun.h"

#include "base/str.h"
#include "data/cause.h"

enum { SHOWN = 60, RUN_MAX = 4096 };

struct run {
	const char *p;
	size_t n, at; /* of the byte in it */
};

static bool
printable(unsigned char c)
{
	return c >= ' ' && c < 127;
}

static struct run
run_around(const unsigned char *s, size_t n, size_t at)
{
	size_t from = at, to = at;

	while (from && at - from < RUN_MAX && printable(s[from - 1]))
		from--;
	while (to < n && to - at < RUN_MAX && printable(s[to]))
		to++;
	return (struct run){(const char *)s + from, to - from, at - from};
}

void
textrun_add(struct str *where, const char *p, size_t n, size_t at)
{
	size_t from = at > SHOWN / 2 ? at - SHOWN / 2 : 0, shown;

	shown = n - from > SHOWN ? SHOWN : n - from;
	str_addf(where, "`%s", from ? "…" : "");
	str_add_safe(where, p + from, shown);
	str_addf(where, "%s`", from + shown < n ? "…" : "");
}

bool
textrun(const void *a, size_t na, const void *b, size_t nb, size_t at, size_t least, struct str *where,
	const struct cause **cause)
{
	struct run x = run_around(a, na, at), y = run_around(b, nb, at);

	if (x.at != y.at || x.n < least || y.n < least || x.at >= x.n || y.at >= y.n)
		return false;
	*cause = cause_of_text(x.p, x.n, y.p, y.n, x.at);
	textrun_add(where, x.p, x.n, x.at);
	str_add(where, " and ");
	textrun_add(where, y.p, y.n, y.at);
	return true;
}
