#include "cli/patch_home.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/session.h"
#include "data/glob.h"
#include "os/fs.h"

/* The number of the next patch, and the last name, of a folder. */
static void
look_into(struct session *s, struct patch_home *h)
{
	cleanup_fd int fd = fs_open(s->project, h->folder, O_RDONLY | O_DIRECTORY);
	char **names;
	size_t n;

	h->first = 1;
	if (fd < 0 || fs_names(fd, &names, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		unsigned long number = strtoul(names[i], NULL, 10);

		if (number < 100000 && number >= h->first)
			h->first = (unsigned)number + 1;
		if (h->match && glob_match(h->match, names[i]))
			h->last = arena_strdup(&s->arena, names[i]);
	}
	fs_names_free(names, n);
}

static const char *
folder_of(struct session *s, const char *rel)
{
	size_t n = (size_t)(path_base(rel) - rel);

	return arena_strndup(&s->arena, rel, n ? n - 1 : 0);
}

/* Whether new patches can go to the end of what a step applies. */
static bool
takes_more(const struct session *s, const struct step *step)
{
	const struct value *back = value_field(&step->params, "reverse");

	return !strcmp(step->prim->name, "patch") && !(back && back->type == V_BOOL && back->b) &&
	       !value_field(&step->params, "into") && !value_field(&step->params, "only") &&
	       !value_field(&step->params, "skip") && !value_field(&step->params, "strip") && s->project >= 0;
}

static bool
is_own(const struct session *s, const struct value *v)
{
	return v && v->type == V_FILE && !strcmp(v->file.root, s->recipe->root);
}

static bool
by_series(struct session *s, const struct step *step, struct patch_home *h)
{
	const struct value *series = value_field(&step->params, "series");

	if (!is_own(s, series))
		return false;
	h->folder = folder_of(s, series->file.rel);
	h->series = series->file.rel;
	look_into(s, h);
	return true;
}

/* The last of what is listed must be a pattern, and the name that comes next must come last. */
static bool
by_pattern(struct session *s, const struct step *step, struct patch_home *h)
{
	const struct value *v = step->params.table.nitems ? &step->params.table.items[step->params.table.nitems - 1]
							  : value_field(&step->params, "patches");
	char next[32];

	if (value_field(&step->params, "series") || !is_own(s, v))
		return false;
	h->match = path_base(v->file.rel);
	h->folder = folder_of(s, v->file.rel);
	look_into(s, h);
	snprintf(next, sizeof next, "%04u-x.patch", h->first);
	if (glob_is(h->match) && glob_match(h->match, next) && h->last && strcmp(h->last, next) < 0)
		return true;
	h->match = h->last = NULL;
	return false;
}

void
patch_home_find(struct session *s, uint32_t step, const char *name, struct patch_home *out)
{
	cleanup_free char *own = xstrdup(name);

	for (int64_t i = step; i >= 0;) {
		const struct step *st = &s->recipe->steps[i];

		*out = (struct patch_home){.step = i};
		if (takes_more(s, st) && (by_series(s, st, out) || by_pattern(s, st, out)))
			return;
		i = st->common.on.kind == SRC_REF ? (int64_t)st->common.on.ref.step : -1;
	}
	for (char *c = own; *c; c++)
		*c = strchr("/:\\ ", *c) ? '-' : *c;
	*out = (struct patch_home){.step = -1};
	out->folder = arena_printf(&s->arena, "patches/%s", own);
	out->series = arena_printf(&s->arena, "%s/series", out->folder);
	look_into(s, out);
}
