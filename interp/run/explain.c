/* Implements job_explain_log: the first lines of a log that say what went wrong. With -j the real
 * diagnostic stands hundreds of lines above the end. */
#include <ctype.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "run/job_impl.h"
#include "run/logs.h"

#define SHOWN 3

/* What makes a line a diagnostic, the more telling kinds first. */
static const struct pattern {
	const char *text;
	enum { CAUSE, CONSEQUENCE, CROWD } kind; /* a consequence is what make tells; a crowd: a cause, by a limit */
} patterns[] = {
	{": error: ", CAUSE},
	{": fatal error: ", CAUSE},
	{"FATAL ERROR: ", CAUSE},
	{"Error: ", CAUSE},
	{"ERROR: ", CAUSE},
	{"ERROR (", CAUSE},
	{"undefined reference to ", CAUSE},
	{"Syntax error", CAUSE},
	{"syntax error", CAUSE},
	{": command not found", CAUSE},
	{": not found", CAUSE},
	{"bwrap: ", CAUSE},
	{"No rule to make target ", CAUSE},
	{"Cannot fork", CROWD},
	{"fork: Resource temporarily unavailable", CROWD},
	{"fork: retry: Resource temporarily unavailable", CROWD},
	{"*** ", CONSEQUENCE},
	{"Error 1", CONSEQUENCE},
	{"Error 2", CONSEQUENCE},
};

static int
kind(const char *line, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
		if (memmem(line, n, patterns[i].text, strlen(patterns[i].text)))
			return (int)patterns[i].kind;
	return -1;
}

struct found {
	const char *line[SHOWN];
	size_t len[SHOWN];
	size_t n, total;
	bool causes, crowd;
};

/* Where no line is a diagnostic by its form: what the program said last. */
static void
take_last(struct found *f, const char *line, size_t n)
{
	if (n > 6 && !memcmp(line, "[jkr: ", 6))
		return;
	if (f->n == SHOWN) {
		memmove(f->line, f->line + 1, (SHOWN - 1) * sizeof *f->line);
		memmove(f->len, f->len + 1, (SHOWN - 1) * sizeof *f->len);
		f->n--;
	}
	f->line[f->n] = line;
	f->len[f->n++] = n;
}

static void
take(struct found *f, const char *line, size_t n)
{
	int k = kind(line, n);

	if (k < 0 || (k == CONSEQUENCE && f->causes))
		return;
	if (k != CONSEQUENCE && !f->causes)
		*f = (struct found){.causes = true};
	f->crowd |= k == CROWD;
	for (size_t i = 0; i < f->n; i++)
		if (f->len[i] == n && !memcmp(f->line[i], line, n))
			return;
	f->total++;
	if (f->n < SHOWN) {
		f->line[f->n] = line;
		f->len[f->n++] = n;
	}
}

static void
search(const char *p, size_t size, void (*each)(struct found *, const char *, size_t), struct found *f)
{
	const char *end = p + size;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((nl ? nl : end) - p);

		if (n && n < 4096)
			each(f, p, n);
		p = nl ? nl + 1 : end;
	}
}

static void
tell(const struct found *f, struct err *err)
{
	struct str b = {0};

	for (size_t i = 0; i < f->n; i++) {
		size_t n = f->len[i] < 240 ? f->len[i] : 240;

		while (n && isspace((unsigned char)f->line[i][n - 1]))
			n--;
		str_reset(&b);
		str_addn(&b, f->line[i], n);
		if (i)
			err_help(err, "then: %s", b.s);
		else
			err_label(err, "%s", b.s);
	}
	if (f->crowd)
		err_help(
			err,
			"its `processes`, or the user's, are used up: look for what starts so many, or give the step more");
	if (f->total > f->n)
		err_help(err, "%zu more such lines are in the log", f->total - f->n);
	str_free(&b);
}

void
log_explain(int fd, struct err *err)
{
	struct found f = {0};
	struct stat st;
	char *p;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || !st.st_size)
		return;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return;
	search(p, (size_t)st.st_size, take, &f);
	if (!f.n)
		search(p, (size_t)st.st_size, take_last, &f);
	tell(&f, err);
	munmap(p, (size_t)st.st_size);
}

void
job_explain_log(struct job *job, struct err *err)
{
	log_explain(job_log(job), err);
}
