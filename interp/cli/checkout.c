#include "cli/checkout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "os/fs.h"

enum { MARK_MAX = 1 << 16 };
#define MARK ".git/jkr"

/* What stands behind `word` at the start of a line, or NULL. */
static char *
line_of(const char *text, const char *word, struct arena *a)
{
	size_t len = strlen(word);

	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n')
		if (!strncmp(s, word, len) && s[len] == ' ')
			return arena_strndup(a, s + len + 1, strcspn(s + len + 1, "\n"));
	return NULL;
}

int
checkout_read(const char *dir, struct arena *a, struct checkout *out, struct err *err)
{
	cleanup_fd int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_str struct str text = {0};
	const char *epoch;

	if (fd < 0)
		return err_sys(err, "E1019", "cannot read the folder `%s`", dir);
	if (fs_read_file(fd, MARK, &text, MARK_MAX))
		return errno == ENOENT || errno == ENOTDIR || errno == EXDEV
			       ? 0
			       : err_sys(err, "E1019", "cannot read `%s/" MARK "`", dir);
	out->recipe = line_of(str_text(&text), "recipe", a);
	out->step = line_of(str_text(&text), "step", a);
	epoch = line_of(str_text(&text), "epoch", a);
	out->epoch = epoch ? strtoll(epoch, NULL, 10) : -1;
	if (out->recipe && out->step)
		return 1;
	err_set(err, "E1019", "`%s/" MARK "` does not say of which step it is a checkout", dir);
	return err_help(err, "`jkr edit` lays a new checkout; the commits of this one can be fetched into it");
}

int
checkout_write(int dir, const struct checkout *c)
{
	cleanup_free char *text =
		xasprintf("recipe %s\nstep %s\nepoch %lld\n", c->recipe, c->step, (long long)c->epoch);

	return fs_replace_soon(dir, MARK, text, strlen(text), 0644);
}
