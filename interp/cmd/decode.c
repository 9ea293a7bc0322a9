/* decode: an oops with the lines of the source */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/cli.h"
#include "cli/decode.h"
#include "os/fs.h"

#define CODE "E1030"
enum { TEXT_MAX = 64 << 20 };

static int
read_text(const char *path, struct str *out, struct err *err)
{
	bool is_stdin = !strcmp(path, "-");
	cleanup_fd int fd = is_stdin ? dup(0) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 || fs_read(fd, out, TEXT_MAX))
		return err_sys(err, CODE, "cannot read `%s`", path);
	return 0;
}

/* A line at a time, made fit for a terminal: what a serial line gave may hold anything. */
static void
print_text(const struct decode *d, const struct str *text)
{
	struct str cleanup_str out = {0};
	size_t at = 0;

	for (size_t i = 0; i <= d->oops.n; i++) {
		size_t end = i < d->oops.n ? d->oops.v[i].at + d->oops.v[i].len : text->len;

		str_addn(&out, text->s + at, end - at);
		if (i < d->oops.n && d->lines[i])
			str_addf(&out, " (%s)", d->lines[i]);
		at = end;
	}
	for (const char *p = str_text(&out), *stop = p + out.len; p < stop;) {
		struct str cleanup_str safe = {0};
		const char *nl = memchr(p, '\n', (size_t)(stop - p)), *tab;
		const char *end = nl ? nl : stop;

		while ((tab = memchr(p, '\t', (size_t)(end - p)))) {
			str_add_safe(&safe, p, (size_t)(tab - p));
			str_addc(&safe, '\t');
			p = tab + 1;
		}
		str_add_safe(&safe, p, (size_t)(end - p) - (end > p && end[-1] == '\r'));
		puts(str_text(&safe));
		p = end + 1;
	}
}

static int
say_nothing_found(const struct decode *d, struct err *err)
{
	if (!d->n) {
		err_set(err, CODE, "there is no vmlinux, no System.map and no module that the oops names");
		return err_help(err, "name them, or a folder that holds them");
	}
	if (d->other) {
		err_set(err, CODE, "`%s` has another size in `%s`: that is another build", d->first_other,
			d->v[0].name);
		return err_help(err, "only the vmlinux of the very build that failed has the same places");
	}
	return err_set(err, CODE, "none of its %zu places is in `%s`%s", d->oops.n, d->v[0].name,
		       d->n > 1 ? " and the others" : "");
}

static bool
has_lines(const struct decode *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->v[i].symbols.has_lines)
			return true;
	return false;
}

static int
decode(struct cli *cli, struct decode *d, struct str *text, struct err *err)
{
	if (read_text(cli->argv[0], text, err))
		return -1;
	oops_read(&d->oops, str_text(text), text->len);
	if (!d->oops.n) {
		err_set(err, CODE, "`%s` holds nothing of a kernel's: no `function+0x1/0x2` and no address",
			cli->argv[0]);
		return err_help(err, "an oops begins with lines like `pc : hello_init+0x14/0x30 [hello]`");
	}
	for (int i = 1; i < cli->argc; i++)
		if (decode_add(d, cli, cli->argv[i], err))
			return -1;
	if (d->n)
		decode_find(d);
	if (!d->found)
		return say_nothing_found(d, err);
	print_text(d, text);
	if (d->other && !cli->quiet)
		fprintf(stderr, "note: %zu places are of another build: `%s` is one\n", d->other, d->first_other);
	if (!has_lines(d) && !cli->quiet)
		fputs("note: there are no line numbers: they need a vmlinux with CONFIG_DEBUG_INFO\n", stderr);
	return 0;
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct str cleanup_str text = {0};
	struct decode d = {0};
	int r = decode(cli, &d, &text, err);

	decode_free(&d);
	return r ? err_status(err) : ST_OK;
}

const struct command cmd_decode = {
	.name = "decode",
	.usage = "FILE WHERE …",
	.doc = "Print what a kernel said when it failed (FILE; `-` is stdin) with the place of each function and address in it: file and line of the "
	       "source where the build has CONFIG_DEBUG_INFO and addr2line is here, else the address that a disassembly of vmlinux shows. WHERE is a "
	       "vmlinux, a System.map, a module, a folder with them, or a recipe whose results the store holds. A function that has another size than "
	       "the text says is of another build, and is not decoded.",
	.options = "define profile plugin",
	.min_args = 2,
	.max_args = -1,
	.run = run,
};
