#include "cli/helpers.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cli/cli.h"
#include "model/job.h"

static const char *const settings[] = {"ccache-server", "distcc-hosts"};

bool
helpers_named(const char *setting)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (!strcmp(settings[i], setting))
			return true;
	return false;
}

int
helpers_not_here(const char *setting, struct place at, struct err *err)
{
	err_set(err, "E1007", "a project names no `%s`", setting);
	err_at(err, at);
	return err_help(
		err,
		"what answers there becomes part of what is built: it stands in $XDG_CONFIG_HOME/jkr/config.yaml or "
		"/etc/jkr/config.yaml");
}

/* HOST, HOST:PORT, [ADDRESS], [ADDRESS]:PORT, up to `end`. */
static bool
is_server(const char *s, const char *end)
{
	const char *close = *s == '[' ? memchr(s, ']', (size_t)(end - s)) : NULL, *p = close ? close + 1 : s;

	if (s == end || (*s == '[' && !close))
		return false;
	for (const char *q = s; q < p; q++)
		if (!isxdigit((unsigned char)*q) && !strchr("[]:.", *q))
			return false;
	for (; !close && p < end && *p != ':'; p++)
		if (!isalnum((unsigned char)*p) && !strchr("._-", *p))
			return false;
	if (p == end)
		return true;
	if (*p++ != ':' || p == end)
		return false;
	for (; p < end; p++)
		if (!isdigit((unsigned char)*p))
			return false;
	return true;
}

static bool
is_absent(const char *text)
{
	return !text || !*text || !strcmp(text, "none");
}

static int
check_ccache(const char *url, struct err *err)
{
	const char *host = url + strlen("http://"), *end;

	if (str_starts(url, "http://")) {
		end = host + strcspn(host, "/");
		if (is_server(host, end) && !strpbrk(end, "|\"'\\ \t\n") && !strpbrk(end, "?#"))
			return 0;
	}
	return err_set(err, "E1003", "`--ccache-server` takes http://HOST[:PORT]/PATH, not `%s`", url);
}

static int
check_distcc(const char *host, struct err *err)
{
	const char *end = host + strcspn(host, "/"), *jobs = end;

	if (is_server(host, end)) {
		while (*jobs && (jobs == end || isdigit((unsigned char)*jobs)))
			jobs++;
		if (!*jobs && jobs != end + 1)
			return 0;
	}
	return err_set(err, "E1003", "`--distcc-hosts` takes HOST[:PORT][/JOBS], parted by blanks, not `%s`", host);
}

/* The words of a text. */
static int
read_hosts(struct arena *a, const char *text, const char *const **out, struct err *err)
{
	const char **v = arena_array(a, const char *, DOORS_MAX + 1);
	size_t n = 0;

	for (const char *s = text; *(s += strspn(s, " \t\n"));) {
		size_t k = strcspn(s, " \t\n");

		if (n + 1 == DOORS_MAX) /* ccache's server has one door */
			return err_set(err, "E1003", "`--distcc-hosts` takes %u servers at most", DOORS_MAX - 1);
		v[n] = arena_strndup(a, s, k);
		if (check_distcc(v[n++], err))
			return -1;
		s += k;
	}
	*out = v;
	return 0;
}

const struct compile_helpers *
helpers_read(struct cli *cli, struct err *err)
{
	struct compile_helpers *h = arena_new(&cli->arena, struct compile_helpers);

	h->ccache_write = cli->cache_write;
	if (!is_absent(cli->ccache_server)) {
		if (check_ccache(cli->ccache_server, err))
			return NULL;
		h->ccache = cli->ccache_server;
	}
	if (!is_absent(cli->distcc_hosts) && read_hosts(&cli->arena, cli->distcc_hosts, &h->distcc, err))
		return NULL;
	return h;
}
