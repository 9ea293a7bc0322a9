/* patch_say: why a hunk does not apply, in words. */
#include <string.h>

#include "base/err.h"
#include "data/patch_apply.h"
#include "data/patch_set.h"

#define SHOWN_MAX 60

/* A line for a sentence: control bytes written out, long ones cut. */
static const char *
shown(struct str *b, const char *s, size_t n)
{
	str_reset(b);
	for (size_t i = 0; i < n && i < SHOWN_MAX; i++)
		if (s[i] == '"' || s[i] == '\\')
			str_addc(b, s[i]);
		else
			str_add_quoted(b, s + i, 1);
	if (n > SHOWN_MAX)
		str_add(b, "…");
	return str_text(b);
}

static void
label_difference(const struct reject_diff *d, const char *path, struct err *err)
{
	struct str cleanup_str b = {0};

	if (!d->file_line)
		err_label(err, "`%s` ends before this line", path);
	else
		err_label(err, "line %u of `%s` is `%s`", d->file_line, path, shown(&b, d->have, d->have_len));
}

static void
help_differences(const struct patch_reject *r, struct err *err)
{
	struct str cleanup_str want = {0}, have = {0};

	err_help(err, "nearest match: line %u, where %u of %u lines agree", r->near, r->matching, r->lines);
	for (unsigned i = 0; i < r->ndiff; i++) {
		const struct reject_diff *d = &r->diff[i];

		if (!d->file_line)
			err_help(err, "expected `%s`, found the end of the file", shown(&want, d->want, d->want_len));
		else
			err_help(err, "line %u: expected `%s`, found `%s`", d->file_line,
				 shown(&want, d->want, d->want_len), shown(&have, d->have, d->have_len));
	}
}

static void
say_context(const struct patch_reject *r, const char *path, struct err *err)
{
	if (!r->near) {
		err_label(err, "nothing like these lines is in `%s`", path);
	} else {
		label_difference(&r->diff[0], path, err);
		help_differences(r, err);
	}
	if (r->fuzz)
		err_help(err, "it would apply with fuzz = %u; refresh the patch, or ask for that when it is right",
			 r->fuzz);
}

static void
say_cr(const struct patch_reject *r, const char *path, struct err *err)
{
	const struct reject_diff *d = &r->diff[0];
	bool in_patch = r->ndiff && d->want_len && d->want[d->want_len - 1] == '\r';
	bool in_file = r->ndiff && d->have_len && d->have[d->have_len - 1] == '\r';

	if (in_patch == in_file) {
		err_label(err,
			  "only the end of the last line differs: one of them has no newline at the end of the file");
		return;
	}
	err_label(err,
		  in_patch ? "this line ends in CR LF, that of `%s` in LF"
			   : "this line ends in LF, that of `%s` in CR LF",
		  path);
	if (in_patch)
		err_help(err, "the patch was converted on its way; get it again, or take the CR off with dos2unix");
	else
		err_help(err, "the patch lost its CR on its way; get it again, or make it against the file as it is");
}

int
patch_say_reject(const struct patchfile *pf, const struct patch_change *c, const char *path,
		 const struct patch_reject *r, struct err *err)
{
	const struct patch_hunk *h = &c->hunks[r->hunk];
	unsigned line = r->ndiff ? r->diff[0].patch_line : h->line;

	err_set(err, r->why == REJECT_CR ? "E0510" : "E0502", "patch `%s`: hunk %zu of `%s` does not apply", pf->called,
		r->hunk + 1, path);
	err_at(err, (struct place){.file = pf->name, .line = line});
	switch (r->why) {
	case REJECT_CR: say_cr(r, path, err); break;
	case REJECT_SPACE:
		label_difference(&r->diff[0], path, err);
		err_help(err, "it differs in white space only; tabs or blanks were changed on the patch's way");
		break;
	case REJECT_EDGE:
		err_label(err,
			  "these lines stand at line %u, but without context on one side they belong at the file's %s",
			  r->near, h->old_start <= 1 ? "start or end" : "end");
		break;
	case REJECT_ORDER:
		err_label(err, "these lines stand at line %u, before the hunk that precedes this one", r->near);
		break;
	case REJECT_BARE:
		if (c->kind == PATCH_DELETE) {
			err_label(err, "`%s` holds more than the lines that are to go", path);
			break;
		}
		err_label(err, "it has no context lines, so its place cannot be checked");
		err_help(err, "make the patch with context, as diff -u and git diff do");
		break;
	default: say_context(r, path, err);
	}
	return -1;
}
