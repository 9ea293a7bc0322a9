/* patch_given: what one of the patches says, whether it is a file or a mail. */
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/job.h"
#include "model/patches.h"
#include "os/fs.h"

#define PATCH_MAX ((size_t)256 << 20)
#define NO_DIFF "E0507"
#define SHOWN_MAX 400 /* bytes of what a mail says of itself */

/* A pair for the record, when there is something to say; words of mails are made fit to be shown. */
static const char *
record(struct job *job, const char *what, const char *name, const char *text)
{
	struct str cleanup_str safe = {0};
	const char *kept;
	size_t n;

	if (!text || !*text)
		return NULL;
	n = strlen(text);
	if (n > SHOWN_MAX)
		for (n = SHOWN_MAX; n && ((unsigned char)text[n] & 0xc0) == 0x80;)
			n--;
	str_add_safe(&safe, text, n);
	if (text[n])
		str_add(&safe, "…");
	kept = arena_strdup(job_arena(job), str_text(&safe));
	job_record(job, arena_printf(job_arena(job), "%s:%s", what, name), kept);
	return kept;
}

void
patch_record(struct job *job, const struct patch_given *g, const struct str *text, const struct mail *m,
	     struct patch_row *row)
{
	struct arena *a = job_arena(job);
	struct hash h = g->number ? hash_of(g->mail.s, g->mail.len) : hash_of(str_text(text), text->len);
	char hex[HASH_HEX];
	const char *who = m->email ? arena_printf(a, "%s <%s>", m->author ? m->author : m->email, m->email) : m->author;

	row->name = g->name;
	record(job, "patch", g->name, hash_hex(&h, hex));
	row->author = record(job, "author", g->name, who);
	record(job, "date", g->name, m->date);
	row->subject = record(job, "subject", g->name, m->subject);
}

void
patch_record_in(struct job *job, const struct patch_given *g, size_t files, const struct patch_moves *moves,
		struct patch_row *row)
{
	struct str cleanup_str offset = {0};

	patch_table_moves(moves, &offset);
	row->files = record(job, "files", g->name, arena_printf(job_arena(job), "%zu", files));
	row->offset = record(job, "offset", g->name, str_text(&offset));
}

static int
read_file(struct job *job, const struct patch_given *g, struct str *out, struct err *err)
{
	cleanup_fd int fd = job_open(job, &g->src, err);

	if (fd < 0)
		return -1;
	if (fs_read(fd, out, PATCH_MAX))
		return err_sys(err, "E0501", "cannot read the patch `%s`", g->name);
	return 0;
}

static int
no_patch(const struct patch_given *g, struct err *err)
{
	err_free(err);
	err_set(err, NO_DIFF, "it holds no patch");
	err_at(err, (struct place){.file = g->shown, .line = g->mail.line});
	return err_help(err, "a covering letter? leave it out: skip = { \"%s\" }", g->name);
}

int
patch_read(struct job *job, const struct patch_given *g, struct arena *a, struct str *text, struct mail *m,
	   struct patchfile *pf, struct err *err)
{
	if (!g->number) {
		if (read_file(job, g, text, err))
			return err_at(err, g->src.at);
		mail_peek(str_text(text), text->len, a, m);
		return patchfile_parse(g->shown, m->patch, m->len, a, pf, err);
	}
	if (mail_read(g->shown, &g->mail, a, m, err))
		return -1;
	if (m->len && !patchfile_parse_at(g->shown, m->line, m->patch, m->len, a, pf, err)) {
		pf->called = g->name;
		return 0;
	}
	return err_any(err) && !str_eq(err->head->code, NO_DIFF) ? -1 : no_patch(g, err);
}

int
patch_say_mail(const struct patch_given *g, const struct mail *m, struct err *mine, struct err *err)
{
	struct str cleanup_str subject = {0};

	if (m->subject)
		str_add_quoted(&subject, m->subject, strlen(m->subject));
	while (g->number && mine->head) {
		struct err one = {mine->head, mine->head};

		mine->head = one.head->next;
		one.head->next = NULL;
		if (m->encoded)
			err_help(&one, "the mail is encoded: lines are counted in the patch that it holds");
		err_wrap(&one, subject.len ? "mail %u, `%s`" : "mail %u", g->number, str_text(&subject));
		err_move(err, &one);
	}
	if (g->number)
		mine->tail = NULL;
	err_move(err, mine);
	return -1;
}
