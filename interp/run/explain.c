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
	/* a consequence is what make tells; a remark counts where nothing else tells of a cause; a crowd: a cause, by a
	 * limit */
	enum { CAUSE, CONSEQUENCE, REMARK, CROWD } kind;
} patterns[] = {
	{": error: ", CAUSE},
	{":error: ", CAUSE}, /* Kconfig */
	{": fatal error: ", CAUSE},
	{"FATAL ERROR: ", CAUSE},
	{"FATAL: ", CAUSE}, /* depmod, modprobe */
	{"Error: ", CAUSE},
	{"ERROR: ", CAUSE},
	{"ERROR (", CAUSE},
	{"undefined reference to ", CAUSE},
	{"multiple definition of ", CAUSE},
	{"relocation truncated to fit", CAUSE},
	{"ld: cannot ", CAUSE},
	{"error adding symbols: ", CAUSE},
	{"Syntax error", CAUSE},
	{"syntax error", CAUSE},
	{": command not found", CAUSE},
	{": not found", CAUSE},
	{"bwrap: ", CAUSE},
	{"cpio: ", CAUSE},
	{"mke2fs: ", CAUSE},
	{"mkfs.ext4: ", CAUSE},
	{"mkfs.fat: ", CAUSE},
	{"mkfs.vfat: ", CAUSE},
	{"Failed to apply '", CAUSE}, /* fdtoverlay */
	{"Failed to make temporary copy: ", CAUSE},
	{"Couldn't open blob from ", CAUSE},
	{"__populate_fs: ", CAUSE},
	{"ext2fs_", CAUSE},
	{"can't open file \"", CAUSE}, /* Kconfig */
	{".  Stop.", CAUSE},           /* make's own mistakes: no rule, no separator, $(error) */
	{"Cannot fork", CROWD},
	{"fork: Resource temporarily unavailable", CROWD},
	{"fork: retry: Resource temporarily unavailable", CROWD},
	{"needs unknown symbol ", REMARK}, /* depmod -e */
	{"disagrees about version of symbol ", REMARK},
	{":warning: ", REMARK}, /* Kconfig, which may be told to fail by it */
	{"unmet direct dependencies", REMARK},
	{"*** ", CONSEQUENCE},
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
	const char *consequence; /* the first, with which a chain of them begins */
	size_t consequence_len;
};

static void
add(struct found *f, const char *line, size_t n)
{
	f->line[f->n] = line;
	f->len[f->n++] = n;
}

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
	add(f, line, n);
}

static void
take_diagnostic(struct found *f, const char *line, size_t n)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->len[i] == n && !memcmp(f->line[i], line, n))
			return;
	f->total++;
	if (f->n < SHOWN)
		add(f, line, n);
}

static void
take(struct found *f, const char *line, size_t n)
{
	int k = kind(line, n);

	if (k < 0)
		return;
	if (k == CONSEQUENCE && !f->consequence) {
		f->consequence = line;
		f->consequence_len = n;
	}
	if (k == CONSEQUENCE || (k == REMARK && f->causes))
		return;
	if (k != REMARK && !f->causes) {
		f->causes = true;
		f->n = f->total = 0;
	}
	f->crowd |= k == CROWD;
	take_diagnostic(f, line, n);
}

/* What make and Kbuild say of what they do. */
static bool
is_noise(const char *line, size_t n)
{
	static const char *const begins[] = {"make[", "make:", "make -", "#", "[jkr: "};

	for (size_t i = 0; i < ARRAY_LEN(begins); i++)
		if (n >= strlen(begins[i]) && !memcmp(line, begins[i], strlen(begins[i])))
			return true;
	return !n ||
	       (n > 3 && !memcmp(line, "  ", 2) && isupper((unsigned char)line[2]) && isupper((unsigned char)line[3]));
}

/* The line that ends at `*end`, which becomes the end of the one before it. */
static const char *
line_before(const char *p, const char **end, size_t *n)
{
	const char *line = *end;

	while (line > p && line[-1] != '\n')
		line--;
	*n = (size_t)(*end - line);
	*end = line > p ? line - 1 : p;
	return line;
}

/* A program that make ran failed, and none of its lines is a diagnostic by its form: what was said last before make
 * told of it, from the first remark on, then what make told. */
static void
take_before(struct found *f, const char *p)
{
	enum { LOOKED = 8, LAST = SHOWN - 1 };
	const char *line[LOOKED], *end = f->consequence > p ? f->consequence - 1 : p;
	size_t len[LOOKED], n = 0, from;

	for (int i = 0; i < 2 * LOOKED && n < LOOKED && end > p; i++) {
		line[n] = line_before(p, &end, &len[n]);
		n += len[n] < 4096 && !is_noise(line[n], len[n]);
	}
	from = n < LAST ? n : LAST;
	for (size_t i = 0; i < n; i++)
		if (kind(line[i], len[i]) == REMARK)
			from = i + 1;
	f->n = f->total = 0;
	for (size_t i = from; i-- > 0 && f->n < LAST;)
		add(f, line[i], len[i]);
	add(f, f->consequence, f->consequence_len);
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
	if (!f.causes && f.consequence)
		take_before(&f, p);
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
