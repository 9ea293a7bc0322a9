#include "model/unpack_names.h"

#include <fnmatch.h>
#include <string.h>

#include "base/err.h"
#include "base/near.h"
#include "base/str.h"

#define NAME_MAX_BYTES 255
#define PATH_MAX_BYTES 4095
#define DEPTH_MAX 256
#define NEAR_MAX 100000 /* names that are compared for a hint */

static const char *
bad_bytes(const char *raw)
{
	if (!*raw)
		return "has no name";
	if (*raw == '/')
		return "is an absolute path";
	if (strlen(raw) > PATH_MAX_BYTES)
		return "is longer than 4095 bytes";
	for (const unsigned char *p = (const unsigned char *)raw; *p; p++)
		if (*p < ' ' || *p == 0x7f)
			return "holds a control byte";
	return NULL;
}

static const char *
bad_component(const char *p, size_t n, unsigned depth)
{
	if (n == 2 && p[0] == '.' && p[1] == '.')
		return "leaves the tree";
	if (n > NAME_MAX_BYTES)
		return "has a component of more than 255 bytes";
	return depth > DEPTH_MAX ? "is nested more than 256 deep" : NULL;
}

char *
name_clean(struct arena *a, const char *raw, const char **why)
{
	char *out, *end;
	unsigned depth = 0;

	*why = bad_bytes(raw);
	if (*why)
		return NULL;
	out = end = arena_alloc(a, strlen(raw) + 1);
	for (const char *p = raw; *p;) {
		size_t n = strcspn(p, "/");

		if (n && !(n == 1 && *p == '.')) {
			*why = bad_component(p, n, ++depth);
			if (*why)
				return NULL;
			if (end > out)
				*end++ = '/';
			memcpy(end, p, n);
			end += n;
		}
		p += n + (p[n] == '/');
	}
	*end = '\0';
	return out;
}

const char *
name_strip(const char *name, int64_t n)
{
	for (; n > 0; n--) {
		name = strchr(name, '/');
		if (!name)
			return NULL;
		name++;
	}
	return *name ? name : NULL;
}

void
patterns_init(struct patterns *p, const struct strings *from, struct arena *a)
{
	*p = (struct patterns){.from = from};
	if (!from || !from->n)
		return;
	p->v = arena_array(a, const char *, from->n);
	p->hits = arena_array(a, size_t, from->n);
	p->n = from->n;
	for (size_t i = 0; i < p->n; i++) {
		const char *s = from->v[i];
		size_t n;

		while (s[0] == '.' && s[1] == '/')
			s += 2;
		for (n = strlen(s); n && s[n - 1] == '/';)
			n--;
		p->v[i] = arena_strndup(a, s, n);
	}
}

bool
patterns_match(struct patterns *p, const char *name)
{
	bool any = false;

	for (size_t i = 0; i < p->n; i++)
		if (fnmatch(p->v[i], name, FNM_PATHNAME | FNM_LEADING_DIR) == 0) {
			p->hits[i]++;
			any = true;
		}
	return any;
}

static void
explain(const char *pattern, const char *const *seen, size_t nseen, struct err *err)
{
	const char *near = near_name(pattern, seen, nseen < NEAR_MAX ? nseen : NEAR_MAX);

	if (near)
		err_help(err, "the nearest entry is `%s`", near);
	else if (nseen)
		err_help(err, "names are compared before `strip`; the last entry is `%s`", seen[nseen - 1]);
}

int
patterns_check(const struct patterns *p, const char *what, const char *const *seen, size_t nseen, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (p->hits[i])
			continue;
		r = err_set(err, "E0408", "`%s` = `%s` matches no entry of the archive", what, p->from->v[i]);
		explain(p->v[i], seen, nseen, err);
		if (p->from->at)
			err_at(err, p->from->at[i]);
	}
	return r;
}
