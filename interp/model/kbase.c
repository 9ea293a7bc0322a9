#include "model/kbase.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/kconfig.h"
#include "model/job.h"
#include "os/fs.h"

#define CONFIG_MAX ((size_t)16 << 20)

static const char *
find(struct job *job, const char *shown, const struct str *text, const char *symbol)
{
	struct kconfig k;
	const struct config_line *l;
	const char *found;

	kconfig_parse_config(shown, str_text(text), text->len, job_arena(job), &k);
	l = map_get(&k.last, symbol);
	found = l ? arena_printf(job_arena(job), "%s:%u", shown, l->at.line) : NULL;
	kconfig_free(&k);
	return found;
}

/* The files of one goal, of which make merges the architecture's last; "defconfig" alone is the architecture's, which
 * is called otherwise on x86. */
static const char *
find_goal(struct job *job, const struct tree *t, const char *sub, const char *arch, const char *goal,
	  const char *symbol)
{
	struct arena *a = job_arena(job);
	const char *found = NULL;
	const char *const files[] = {
		arena_printf(a, "arch/%s/configs/%s", arch, goal), arena_printf(a, "kernel/configs/%s", goal),
		strcmp(goal, "defconfig") ? "" : arena_printf(a, "arch/%s/configs/x86_64_defconfig", arch)};

	for (size_t i = 0; i < ARRAY_LEN(files) && !found; i++) {
		const char *path = arena_printf(a, "%s%s%s", sub, *sub ? "/" : "", files[i]);
		struct str cleanup_str text = {0};
		struct err unsaid = {0};
		bool read = *files[i] && tree_find(t, path) && !tree_read(t, path, &text, CONFIG_MAX, &unsaid);

		err_free(&unsaid);
		found = read ? find(job, files[i], &text, symbol) : NULL;
	}
	return found;
}

const char *
kbase_line(struct job *job, const struct source *source, const char *arch, const struct strings *goals,
	   const struct source *saved, const char *symbol)
{
	struct str cleanup_str text = {0};
	struct err unsaid = {0};
	const char *sub = NULL, *found = NULL;
	const struct tree *t = goals->n ? job_folder(job, source, &sub, &unsaid) : NULL;

	for (size_t i = goals->n; t && i-- && !found;)
		found = find_goal(job, t, sub ? sub : "", arch, goals->v[i], symbol);
	if (!found && saved->kind != SRC_NONE) {
		cleanup_fd int fd = job_open(job, saved, &unsaid);

		if (fd >= 0 && !fs_read(fd, &text, CONFIG_MAX))
			found = find(job, saved->kind == SRC_FILE ? saved->file.shown : job_source_name(job, saved),
				     &text, symbol);
	}
	err_free(&unsaid);
	return found;
}
