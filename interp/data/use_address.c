#include "data/use_address.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/git.h"
#include "os/url.h"

#define CODE "E0016"
#define FORM \
	"git+https://HOST/REPOSITORY//PATH.lua?ref=TAG; also git+ssh, git+http, git+git, git+file; or oci://HOST/NAME:TAG//PATH.lua"

bool
use_address_is(const char *s)
{
	return strstr(s, "://");
}

static int
fail(const char *s, const char *why, struct err *err)
{
	err_set(err, CODE, "`%s` is no address of a recipe: %s", s, why);
	return err_help(err, "an address is %s", FORM);
}

/* "ref=v2&commit=…" */
static int
take_query(const char *s, char *query, struct use_address *out, struct err *err)
{
	char *word;

	while ((word = strsep(&query, "&"))) {
		const char **to = str_starts(word, "ref=")      ? &out->ref
				  : str_starts(word, "commit=") ? &out->commit
								: NULL;

		if (!to || *to)
			return fail(s, "behind `?` stands ref=NAME or commit=ID", err);
		*to = strchr(word, '=') + 1;
	}
	return 0;
}

bool
use_address_is_id(const struct use_address *u, const char *id)
{
	return use_address_is_oci(u) ? oci_is_digest(id) : git_is_commit(id);
}

static int
check(const char *s, const struct use_address *u, struct err *err)
{
	if (git_url_check(u->url, err) < 0 || (u->ref && git_ref_check(u->ref, err) < 0))
		return -1;
	if (!u->commit || git_is_commit(u->commit))
		return 0;
	return fail(s, "`commit` is a full id, of 40 digits", err);
}

static int
parse_oci(const char *s, struct arena *a, struct use_address *out, struct err *err)
{
	char *plain = arena_strdup(a, s), *path = strstr(strstr(plain, "://") + strlen("://"), "//");

	if (path) {
		*path = '\0';
		path += strlen("//");
		if (path_clean(path) || !*path)
			return fail(s, "its path does not lie in the artifact", err);
	}
	if (oci_ref_parse(plain, a, &out->oci, err))
		return -1;
	out->path = path;
	out->url = out->reach = out->oci.url;
	if (path)
		out->reach = arena_printf(a, "%s//%s", out->url, path);
	out->commit = out->oci.digest;
	if (!out->commit)
		out->ref = out->oci.tag ? out->oci.tag : OCI_LATEST;
	out->pin =
		arena_printf(a, "use:%s%c%s", out->url, out->commit ? '@' : '#', out->commit ? out->commit : out->ref);
	return 0;
}

static int
parse_git(const char *s, struct arena *a, struct use_address *out, struct err *err)
{
	char *url, *path, *query, *scheme;
	cleanup_free char *shown = NULL;

	url = arena_strdup(a, s + strlen("git+"));
	query = strchr(url, '?');
	if (query)
		*query++ = '\0';
	scheme = strstr(url, "://");
	path = scheme ? strstr(scheme + strlen("://"), "//") : NULL;
	if (!path)
		return fail(s, "`//` stands before the path of the file in the repository", err);
	*path = '\0';
	path += strlen("//");
	if (path_clean(path) || !*path)
		return fail(s, "its path does not lie in the repository", err);
	out->url = url;
	out->path = path;
	out->reach = arena_printf(a, "%s//%s", url, path);
	if ((query && take_query(s, query, out, err) < 0) || check(s, out, err) < 0)
		return -1;
	shown = url_pinned(url);
	out->pin = arena_printf(a, "use:%s%c%s", shown, out->commit ? '@' : '#',
				out->commit ? out->commit
				: out->ref  ? out->ref
					    : "HEAD");
	return 0;
}

int
use_address_parse(const char *s, struct arena *a, struct use_address *out, struct err *err)
{
	*out = (struct use_address){0};
	if (oci_ref_is(s))
		return parse_oci(s, a, out, err);
	if (str_starts(s, "git+"))
		return parse_git(s, a, out, err);
	return fail(s, "recipes come by git or from a registry, and it begins with `git+` or `oci://`", err);
}
