#include "model/fetch_b4.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/b4.h"
#include "model/job.h"
#include "model/layer.h"
#include "os/fs.h"

#define BOX_MAX ((size_t)64 << 20)
#define SIZE " bytes:"

int
fetch_b4_pin(const char *thread, bool offline, struct str *text, struct err *err)
{
	cleanup_str struct str box = {0}, said = {0};
	char hex[HASH_HEX];
	struct hash h;

	if (offline) {
		err_set(err, "E0913", "the archive would be asked for the thread `%s`, and --offline was given",
			thread);
		return err_help(err, "run once without --offline: jkr.lock then has its mailbox");
	}
	if (b4_am(thread, &box, &said, err))
		return -1;
	h = hash_of(box.s, box.len);
	str_addf(text, "sha256:%s" SIZE "%zu", hash_hex(&h, hex), box.len);
	return 0;
}

long long
fetch_b4_size(const char *pinned)
{
	const char *p = pinned ? strstr(pinned, SIZE) : NULL;

	return p ? strtoll(p + strlen(SIZE), NULL, 10) : -1;
}

/* What a reader should know of the log: what b4 warns of. */
static void
tell(struct job *job, const struct str *said)
{
	static const char *const words[] = {"NOTE: ", "WARNING: ", "Will use the latest revision", "BADSIG"};
	const char *p = str_text(said);

	job_logf(job, "%s", p);
	while (*p) {
		size_t n = strcspn(p, "\n");
		cleanup_free char *line = xasprintf("%.*s", (int)n, p);

		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if (strstr(line, words[i])) {
				job_note(job, "b4: %s", line);
				break;
			}
		p += n + (p[n] == '\n');
	}
}

/* Whose trailers b4 adds now: mostly it is one of these that is new. */
static void
help_trailers(const struct str *said, struct err *err)
{
	const char *p = str_text(said);
	int n = 0;

	while ((p = strstr(p, "\n    + ")) && n++ < 10) {
		p += strlen("\n    ");
		err_help(err, "b4 adds now: %.*s", (int)strcspn(p + 2, "\n"), p + 2);
	}
}

static int
other(const char *thread, const char *want, const char *got, bool pinned, const struct str *said, struct err *err)
{
	err_set(err, "E0905",
		"the thread `%s` gives another mailbox than %s: a reply came with a trailer, or a new version", thread,
		pinned ? "jkr.lock pins" : "the recipe's `sha256` says");
	err_help(err, "wanted %s", want);
	err_help(err, "got    %s", got);
	help_trailers(said, err);
	return err_help(err, pinned ? "read the thread; to take it as it is now, run `jkr update`"
				    : "read the thread; to take it as it is now, write that `sha256` into the recipe");
}

/* What somebody staged under its hash: 1 it is that. */
static int
staged(struct job *job, const char *sha256, struct str *box)
{
	cleanup_fd int fd = job_staged(job, "sha256", sha256);
	char hex[HASH_HEX];
	struct hash h;

	if (fd < 0 || fs_read(fd, box, BOX_MAX))
		return 0;
	h = hash_of(str_text(box), box->len);
	if (!strcmp(hash_hex(&h, hex), sha256))
		return 1;
	str_reset(box);
	return 0;
}

static int
get(struct job *job, const char *thread, const char *sha256, bool pinned, struct str *box, struct err *err)
{
	cleanup_str struct str said = {0};
	char hex[HASH_HEX];
	struct hash h;
	int r;

	if (job_offline(job)) {
		err_set(err, "E0913", "the archive would be asked for the thread `%s`, and --offline was given",
			thread);
		return err_help(err, "run once without --offline; after that its content is in the store");
	}
	r = b4_am(thread, box, &said, err);
	tell(job, &said);
	if (r)
		return -1;
	h = hash_of(str_text(box), box->len);
	return strcmp(hash_hex(&h, hex), sha256) ? other(thread, sha256, hex, pinned, &said, err) : 0;
}

int
fetch_b4(struct job *job, const char *thread, const char *name, const char *sha256, bool pinned, struct err *err)
{
	const struct entry e = {.path = name, .mode = S_IFREG | 0644};
	cleanup_str struct str box = {0};
	struct hash want;
	char hex[HASH_HEX];

	if (!sha256 || hash_parse(&want, sha256)) {
		err_set(err, "E0903", "the pin of the thread `%s` in the lock cannot be read", thread);
		return err_help(err, "run `jkr update`");
	}
	sha256 = hash_hex(&want, hex);
	if (!staged(job, sha256, &box) && get(job, thread, sha256, pinned, &box, err))
		return -1;
	job_record(job, arena_printf(job_arena(job), "thread:%s", thread), sha256);
	if (job_keep_data(job, box.s, box.len, sha256, err))
		return -1;
	return layer_put(job_layer(job), &e, box.s, box.len, err);
}
