#include "model/kunasked.h"

#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "data/kconfig.h"
#include "data/schema.h"
#include "model/job.h"
#include "os/fs.h"

#define CONFIG_MAX ((size_t)16 << 20)
#define WORDS_MAX 8

struct unasked {
	const struct kconfig *before, *after, *asked;
	struct str lines; /* of a fragment */
	struct str words; /* of a sentence */
	size_t n;
};

static void
take(struct unasked *u, const char *name)
{
	const char *was = kconfig_get(u->before, name), *is = kconfig_get(u->after, name);

	if (map_has(&u->asked->last, name) || kconfig_equal(was, is))
		return;
	kconfig_write_line(&u->lines, name, is ? is : "n");
	if (u->n++ < WORDS_MAX)
		str_addf(&u->words, "%s%s %s", u->n > 1 ? ", " : "", name, is ? is : "n");
}

static void
compare(struct unasked *u)
{
	for (size_t i = 0; i < u->after->last.n; i++)
		take(u, u->after->last.v[i].key);
	for (size_t i = 0; i < u->before->last.n; i++)
		if (!map_has(&u->after->last, u->before->last.v[i].key))
			take(u, u->before->last.v[i].key);
	if (u->n > WORDS_MAX)
		str_addf(&u->words, " and %zu more", u->n - WORDS_MAX);
}

static int
keep(struct job *job, struct unasked *u, struct err *err)
{
	const struct entry e = {.path = "unasked.config", .mode = S_IFREG | 0644};

	if (!u->n)
		return 0;
	job_note(job, "%zu config symbol%s nobody asked for %s not as in the base: %s", u->n, u->n == 1 ? "" : "s",
		 u->n == 1 ? "is" : "are", str_text(&u->words));
	return layer_put(job_layer(job), &e, str_text(&u->lines), u->lines.len, err);
}

int
kunasked_keep(struct job *job, const struct source *before, const struct kconfig *after, const struct kconfig *asked,
	      struct err *err)
{
	struct kconfig base = {0};
	struct unasked u = {&base, after, asked, {0}, {0}, 0};
	struct str cleanup_str text = {0};
	cleanup_fd int fd = -1;
	int rc;

	if (before->kind == SRC_NONE)
		return 0;
	fd = job_open(job, before, err);
	if (fd < 0)
		return err_at(err, before->at);
	if (fs_read(fd, &text, CONFIG_MAX)) {
		err_sys(err, "E0206", "cannot read `%s`", job_source_name(job, before));
		return err_at(err, before->at);
	}
	kconfig_parse_config(".config", str_text(&text), text.len, job_arena(job), &base);
	compare(&u);
	rc = keep(job, &u, err);
	kconfig_free(&base);
	str_free(&u.lines);
	str_free(&u.words);
	return rc;
}
