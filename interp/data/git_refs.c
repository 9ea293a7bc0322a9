/* Which refs a server has, and where they lead. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/git.h"
#include "data/git_own.h"
#include "os/url.h"

#define FAILED "E0914"
#define ALL_MAX (64 << 20)
#define SOME_MAX (1 << 20)

/* The next "ID\tNAME" of what ls-remote prints, cut in place; other lines are passed over. */
static bool
next_ref(char **rest, struct git_ref *ref)
{
	char *line;

	while ((line = strsep(rest, "\n"))) {
		size_t id = strspn(line, "0123456789abcdef");

		if ((id != 40 && id != 64) || line[id] != '\t')
			continue;
		line[id] = '\0';
		*ref = (struct git_ref){.name = line + id + 1, .commit = line};
		return true;
	}
	return false;
}

static int
ask(const char *const *args, const char *url, size_t max, struct str *out, struct err *err)
{
	cleanup_str struct str said = {0};
	int status;

	if (git_url_check(url, err) < 0)
		return -1;
	status = git_run(args, -1, out, max, &said, err);
	if (status < 0)
		return -1;
	return status ? git_fail("git cannot ask", url, &said, err) : 0;
}

int
git_refs(const char *url, struct arena *a, struct git_ref **v, size_t *n, struct err *err)
{
	const char *const args[] = {"ls-remote", "-q", "--", url, NULL};
	cleanup_str struct str out = {0};
	struct git_ref ref;
	size_t cap = 1;
	char *rest;

	if (ask(args, url, ALL_MAX, &out, err) < 0)
		return -1;
	for (const char *s = str_text(&out); *s; s++)
		cap += *s == '\n';
	*v = arena_array(a, struct git_ref, cap);
	*n = 0;
	rest = arena_strndup(a, str_text(&out), out.len);
	while (*n < cap && next_ref(&rest, &ref)) {
		size_t len = strlen(ref.name);

		/* an annotated tag is followed by the commit that it names */
		if (*n && str_ends(ref.name, "^{}") && !strncmp((*v)[*n - 1].name, ref.name, len - 3))
			(*v)[*n - 1].commit = ref.commit;
		else
			(*v)[(*n)++] = ref;
	}
	return 0;
}

/* In the order in which a name is looked for; a ref that leads to a tag leads to what that names. */
static const struct {
	const char *before, *after;
} forms[] = {
	{"refs/tags/", "^{}"}, {"refs/tags/", ""}, {"refs/heads/", ""}, {"", "^{}"}, {"", ""},
};

/* Which form this name of the server's is of what was asked for; none: the number of forms. */
static size_t
form_of(const char *name, const char *wanted)
{
	size_t len = strlen(wanted), i;

	for (i = 0; i < ARRAY_LEN(forms); i++) {
		size_t n = strlen(forms[i].before);

		if (!strncmp(name, forms[i].before, n) && !strncmp(name + n, wanted, len) &&
		    !strcmp(name + n + len, forms[i].after))
			break;
	}
	return i;
}

const struct git_ref *
git_meant(const struct git_ref *v, size_t n, const char *ref)
{
	const struct git_ref *found = NULL;
	size_t best = ARRAY_LEN(forms);

	for (size_t i = 0; i < n; i++) {
		size_t form = form_of(v[i].name, ref);

		if (form >= best)
			continue;
		best = form;
		found = &v[i];
	}
	return found;
}

int
git_find(const char *url, const char *ref, char commit[GIT_HEX], char **full, struct err *err)
{
	const char *wanted = ref ? ref : "HEAD";
	cleanup_free char *peeled = xasprintf("%s^{}", wanted);
	const char *const args[] = {"ls-remote", "-q", "--", url, wanted, peeled, NULL};
	cleanup_str struct str out = {0};
	size_t best = ARRAY_LEN(forms);
	struct git_ref r;
	char *rest;

	*full = NULL;
	if ((ref && git_ref_check(ref, err) < 0) || ask(args, url, SOME_MAX, &out, err) < 0)
		return -1;
	rest = out.s;
	while (next_ref(&rest, &r)) {
		size_t form = form_of(r.name, wanted);

		if (form >= best)
			continue;
		best = form;
		snprintf(commit, GIT_HEX, "%s", r.commit);
		free(*full);
		*full = xasprintf("%s%s", forms[form].before, wanted);
	}
	return *full != NULL;
}

int
git_resolve(const char *url, const char *ref, char commit[GIT_HEX], struct err *err)
{
	cleanup_free char *full = NULL, *shown = url_shown(url);
	int found = git_find(url, ref, commit, &full, err);

	if (found)
		return found < 0 ? -1 : 0;
	err_set(err, FAILED, "there is no branch or tag `%s` in `%s`", ref ? ref : "HEAD", shown);
	if (ref && git_is_commit(ref))
		return err_help(err, "a `ref` is always a name; the id of a commit goes into `commit`");
	return err_help(err, "is the name right, and was it not deleted there? `jkr ls refs URL` lists what there is");
}
