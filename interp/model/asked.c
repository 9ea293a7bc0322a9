#include "model/asked.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/job.h"
#include "os/fs.h"

#define FRAGMENT_MAX ((size_t)16 << 20)

static int
add_fragment(struct job *job, const struct source *src, struct kconfig *out, struct err *err)
{
	const char *shown = src->kind == SRC_FILE ? src->file.shown : job_source_name(job, src);
	struct str cleanup_str text = {0};
	cleanup_fd int fd = job_open(job, src, err);
	struct kconfig one;
	int rc;

	if (fd < 0)
		return err_at(err, src->at);
	if (fs_read(fd, &text, FRAGMENT_MAX)) {
		err_sys(err, "E0201", "cannot read the fragment `%s`", shown);
		return err_at(err, src->at);
	}
	rc = kconfig_parse_fragment(shown, str_text(&text), text.len, job_arena(job), &one, err);
	for (size_t i = 0; i < one.n; i++)
		kconfig_set(out, job_arena(job), &one.v[i]);
	kconfig_free(&one);
	return rc;
}

static int
add_symbol(struct job *job, const struct symbol *s, struct kconfig *out, struct err *err)
{
	const struct config_line line = {s->name, s->value, s->at};
	const char *why = kconfig_bad_name(s->name);

	if (why) {
		err_set(err, "E0109", "`%s` is not the name of a config symbol: %s", s->name, why);
		return err_at(err, s->at);
	}
	why = kconfig_bad_value(s->value);
	if (why) {
		err_set(err, "E0110", "`%s` is not a value for `%s`: %s", s->value, s->name, why);
		return err_at(err, s->at);
	}
	kconfig_set(out, job_arena(job), &line);
	return 0;
}

int
asked_symbols(struct job *job, const struct symbols *symbols, struct kconfig *out, struct err *err)
{
	int rc = 0;

	*out = (struct kconfig){0};
	for (size_t i = 0; i < symbols->fragments.n; i++)
		rc |= add_fragment(job, &symbols->fragments.v[i], out, err);
	for (size_t i = 0; i < symbols->n; i++)
		rc |= add_symbol(job, &symbols->v[i], out, err);
	return rc ? -1 : 0;
}
