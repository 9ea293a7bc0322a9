/* Of what was read of kernels, all that is known of one. */
#include <string.h>

#include "base/str.h"
#include "data/modfiles.h"

const char *
modfiles_release(struct arena *a, const char *path)
{
	const char *s = str_starts(path, "lib/modules/") ? path : strstr(path, "/lib/modules/");
	size_t n;

	if (!s)
		return NULL;
	s = strstr(s, "modules/") + 8;
	n = strcspn(s, "/");
	return n ? arena_strndup(a, s, n) : NULL;
}

/* Adds what `k` knows and `out` does not. */
static void
know(struct kernel_files *out, const struct kernel_files *k)
{
	if (!out->config && k->config) {
		out->home = k->home;
		out->config = k->config;
	}
	if (!out->symvers && k->symvers) {
		out->symvers = k->symvers;
		out->nsymvers = k->nsymvers;
	}
	if (!out->certificate && k->certificate) {
		out->certificate = k->certificate;
		out->ncertificate = k->ncertificate;
	}
	if (!out->image && k->image) {
		out->image = k->image;
		out->nimage = k->nimage;
		out->image_path = k->image_path;
	}
}

/* Which release is meant, of those that were given where any were. False: there are several. */
static bool
find_release(const struct modfiles *f, bool given, const char **release)
{
	bool one = true;

	for (size_t i = 0; i < f->n; i++) {
		const char *r = f->v[i].given == given ? f->v[i].release : NULL;

		if (!*release)
			*release = r;
		one &= !r || !strcmp(*release, r);
	}
	return one;
}

/* Headers say more than what lies in /boot, so they are asked first. An image that was named by itself is of whatever
 * kernel is meant. */
static void
know_all(const struct modfiles *f, bool given, bool any, struct kernel_files *out)
{
	for (int boot = 0; boot < 2; boot++)
		for (size_t i = 0; i < f->n; i++) {
			const struct kernel_files *k = &f->v[i];

			if (k->given == given && !strchr(k->home, '*') == !boot &&
			    (k->release ? out->release && !strcmp(k->release, out->release) : any))
				know(out, k);
		}
}

size_t
modfiles_given(const struct modfiles *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += f->v[i].given;
	return n;
}

bool
modfiles_kernel(const struct modfiles *f, const char *release, struct kernel_files *out)
{
	bool given = modfiles_given(f), one;
	const char *beside;

	*out = (struct kernel_files){.release = release};
	one = find_release(f, given, &out->release);
	if (!one && !release)
		return false;
	know_all(f, given, true, out);
	if (!out->config && !out->symvers && !out->image)
		return false;
	beside = out->release;
	if (given && (find_release(f, false, &beside) || out->release)) {
		out->release = beside;
		know_all(f, false, false, out);
	}
	return true;
}
