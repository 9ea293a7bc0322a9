/* A machine against the bundle: what runs, what lies in /boot, and each module. */
#include <string.h>

#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "cli/verify.h"
#include "data/machine.h"

struct host {
	struct verify *v;
	struct machine m;
	const char *release; /* that the bundle is for */
	struct arena arena;
};

/* "lib/modules/RELEASE/…" anywhere in a path: gives RELEASE's start, or NULL. */
static const char *
in_modules(const char *path)
{
	static const char top[] = "lib/modules/";
	const char *p = strstr(path, top);

	while (p && p != path && p[-1] != '/')
		p = strstr(p + 1, top);
	return p ? p + sizeof top - 1 : NULL;
}

static bool
is_module(const char *name)
{
	return str_ends(name, ".ko") || str_ends(name, ".ko.gz") || str_ends(name, ".ko.xz") ||
	       str_ends(name, ".ko.zst");
}

/* The release that the bundle's modules are for; the running one where it holds several. */
static int
find_release(struct host *h, struct err *err)
{
	const struct contents *c = &h->v->bundle;

	for (size_t i = 0; i < c->n; i++) {
		const char *p = in_modules(c->v[i].path);
		size_t n = p ? strcspn(p, "/") : 0;

		if (!p || !p[n] || !is_module(p))
			continue;
		if (!h->release || (strlen(h->m.release) == n && !memcmp(p, h->m.release, n)))
			h->release = arena_strndup(&h->arena, p, n);
	}
	if (h->release)
		return 0;
	err_set(err, "E1205", "`%s` holds no modules below lib/modules/RELEASE", h->v->shown);
	return err_help(err, "`--host` compares a machine with a bundle that holds its kernel and modules");
}

static void
check_release(struct host *h)
{
	if (!strcmp(h->release, h->m.release)) {
		h->v->drift.equal++;
		return;
	}
	drift_add(&h->v->drift, "uname -r", "differs", h->m.name,
		  arena_printf(&h->arena, "runs `%s`, and the bundle is for `%s`", h->m.release, h->release));
}

/* The bundle's file for a kernel image of the machine. */
static const struct content *
image_of(const struct contents *c, const char *path)
{
	const struct content *f = contents_tail(c, path);

	return f ? f : contents_tail(c, path_base(path));
}

/* Whether one of the image's lines is the machine's. */
static bool
has_banner(const char *lines, const char *banner)
{
	size_t n = strlen(banner);

	for (const char *s = lines; *s;) {
		size_t k = strcspn(s, "\n");

		if (k == n && !memcmp(s, banner, n))
			return true;
		s += k + (s[k] == '\n');
	}
	return false;
}

static int
check_images(struct host *h, struct err *err)
{
	struct drift *d = &h->v->drift;
	const struct content *image = NULL;
	bool compared = false;

	for (size_t i = 0; i < h->m.files.n; i++) {
		const struct check_line *line = &h->m.files.v[i];
		const struct content *f = str_starts(line->path, "boot/") ? image_of(&h->v->bundle, line->path) : NULL;

		if (!f)
			continue;
		compared = true;
		if (hash_cmp(&f->hash, &line->hash))
			drift_add(d, arena_printf(&h->arena, "/%s", line->path), "differs", h->m.name,
				  arena_printf(&h->arena, "is not the bundle's `%s`", f->path));
		else
			d->equal++;
	}
	for (size_t i = 0; i < h->v->bundle.n && !image; i++)
		image = h->v->bundle.v[i].banner ? &h->v->bundle.v[i] : NULL;
	if (image && !has_banner(image->banner, h->m.banner))
		drift_add(d, "/proc/version", "differs", h->m.name,
			  arena_printf(&h->arena, "runs `%s`, which is not in `%s`", h->m.banner, image->path));
	else
		d->equal += image != NULL;
	if (compared || image)
		return 0;
	err_set(err, "E1205", "`%s` holds no kernel image that could be compared", h->v->shown);
	return err_help(err, "an image is called Image, Image.gz, zImage, bzImage or vmlinuz-RELEASE");
}

/* Each module of the bundle must be on the machine with these bytes, and no other one. */
static void
check_modules(struct host *h)
{
	struct drift *d = &h->v->drift;
	const char *prefix = arena_printf(&h->arena, "lib/modules/%s/", h->release);
	struct map seen = {0};

	for (size_t i = 0; i < h->v->bundle.n; i++) {
		const struct content *f = &h->v->bundle.v[i];
		const char *p = in_modules(f->path), *path = p ? p - strlen("lib/modules/") : NULL;
		const struct check_line *line;

		if (!p || !is_module(p) || !str_starts(path, prefix))
			continue;
		line = checklist_find(&h->m.files, path);
		map_set(&seen, path, (void *)f);
		if (line && !hash_cmp(&line->hash, &f->hash))
			d->equal++;
		else
			drift_add(d, arena_printf(&h->arena, "/%s", path), line ? "differs" : "missing", h->m.name,
				  line ? "is not the bundle's module" : "");
	}
	for (size_t i = 0; i < h->m.files.n; i++) {
		const char *path = h->m.files.v[i].path;

		if (is_module(path) && !map_get(&seen, path))
			drift_add(d, arena_printf(&h->arena, "/%s", path), "extra", h->m.name, "is not in the bundle");
	}
	map_free(&seen);
}

static void
check_manifest(struct host *h)
{
	const struct check_line *line = checklist_find(&h->m.files, "etc/jetson-av-build.json");
	const struct content *f = contents_tail(&h->v->bundle, "etc/jetson-av-build.json");

	if (!f)
		f = contents_tail(&h->v->bundle, "BUILD_MANIFEST.json");
	if (f && line && hash_cmp(&f->hash, &line->hash))
		drift_add(&h->v->drift, "/etc/jetson-av-build.json", "differs", h->m.name,
			  "is the manifest of another build");
	else
		h->v->drift.equal += f && line;
}

int
verify_host(struct verify *v, const char *url, struct err *err)
{
	struct host h = {.v = v};
	size_t first = v->drift.n;
	int r = machine_ask(url, &h.arena, &h.m, err);

	if (!r)
		r = find_release(&h, err);
	if (!r) {
		check_release(&h);
		r = check_images(&h, err);
	}
	if (!r) {
		check_modules(&h);
		check_manifest(&h);
		r = drift_tell(&v->drift, first, "E1204", arena_printf(&h.arena, "of `%s`", url), "the bundle's", err);
	}
	arena_free(&h.arena);
	return r;
}
