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
	int rank; /* 0 a cause, 1 a consequence that make tells */
} patterns[] = {
	{": error: ", 0},
	{": fatal error: ", 0},
	{"FATAL ERROR: ", 0},
	{"Error: ", 0},
	{"ERROR: ", 0},
	{"ERROR (", 0},
	{"undefined reference to ", 0},
	{"Syntax error", 0},
	{"syntax error", 0},
	{": command not found", 0},
	{": not found", 0},
	{"bwrap: ", 0},
	{"No rule to make target ", 0},
	{"*** ", 1},
	{"Error 1", 1},
	{"Error 2", 1},
};

static int
rank(const char *line, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
		if (memmem(line, n, patterns[i].text, strlen(patterns[i].text)))
			return patterns[i].rank;
	return -1;
}

struct found {
	const char *line[SHOWN];
	size_t len[SHOWN];
	size_t n, total;
	bool causes;
};

static void
take(struct found *f, const char *line, size_t n)
{
	int r = rank(line, n);

	if (r < 0 || (r && f->causes))
		return;
	if (!r && !f->causes)
		*f = (struct found){.causes = true};
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
search(const char *p, size_t size, struct found *f)
{
	const char *end = p + size;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((nl ? nl : end) - p);

		if (n && n < 4096)
			take(f, p, n);
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
	search(p, (size_t)st.st_size, &f);
	tell(&f, err);
	munmap(p, (size_t)st.st_size);
}

void
job_explain_log(struct job *job, struct err *err)
{
	log_explain(job_log(job), err);
}
