/* Line numbers: by addr2line, for all places in an object at once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "cli/decode.h"
#include "os/proc.h"

enum { MOST = 500, SAID_MAX = 4 << 20 };

/* The one for the object's machine; NULL: none is here. */
static const char *
program(const struct decode_object *o)
{
	static const struct {
		unsigned machine;
		const char *names[3];
	} all[] = {{62, {"addr2line", "llvm-addr2line", "llvm-addr2line-14"}},
		   {3, {"addr2line", "llvm-addr2line", "llvm-addr2line-14"}},
		   {183, {"aarch64-linux-gnu-addr2line", "llvm-addr2line", "llvm-addr2line-14"}},
		   {40, {"arm-linux-gnueabihf-addr2line", "llvm-addr2line", "llvm-addr2line-14"}},
		   {243, {"riscv64-linux-gnu-addr2line", "llvm-addr2line", "llvm-addr2line-14"}}};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		for (size_t k = 0; all[i].machine == o->symbols.machine && k < ARRAY_LEN(all[i].names); k++) {
			cleanup_free char *where = proc_which(all[i].names[k]);

			if (where)
				return all[i].names[k];
		}
	return NULL;
}

/* "drivers/x.c:12", without where the build stood; NULL when it is not known. */
static const char *
source_line(char *line)
{
	static const char *const tops[] = {"/jkr/src/", "/jkr/build/", "./"};
	char *blank = strchr(line, ' ');

	if (blank)
		*blank = '\0';
	for (size_t i = 0; i < ARRAY_LEN(tops); i++)
		if (str_starts(line, tops[i]))
			line += strlen(tops[i]);
	return str_starts(line, "??") || !strchr(line, ':') || str_ends(line, ":0") || str_ends(line, ":?") ? NULL
													    : line;
}

/* An address, then its line, and the lines that it was inlined at. */
static void
take(struct decode *d, const size_t *words, size_t n, char *text)
{
	char *save = NULL;
	size_t i = 0;
	bool fresh = false;

	for (char *line = strtok_r(text, "\n", &save); line && i <= n; line = strtok_r(NULL, "\n", &save)) {
		const char *at;

		if (str_starts(line, "0x")) {
			i++;
			fresh = true;
			continue;
		}
		at = i && i <= n ? source_line(line) : NULL;
		if (!at)
			continue;
		if (d->oops.v[words[i - 1]].name && fresh)
			d->lines[words[i - 1]] = arena_strdup(&d->arena, at);
		else
			d->lines[words[i - 1]] =
				arena_printf(&d->arena, fresh ? "%s %s" : "%s in %s", d->lines[words[i - 1]], at);
		fresh = false;
	}
}

static void
ask(struct decode *d, const char *tool, int fd, const char *section, const struct decode_place *places,
    const size_t *words, size_t n)
{
	const char **argv = arena_array(&d->arena, const char *, n + 8);
	struct str cleanup_str out = {0};
	struct err quiet = {0};
	size_t k = 0;

	argv[k++] = tool;
	argv[k++] = "-aie";
	argv[k++] = arena_printf(&d->arena, "/proc/%d/fd/%d", (int)getpid(), fd);
	if (section) {
		argv[k++] = "-j";
		argv[k++] = section;
	}
	for (size_t i = 0; i < n; i++)
		argv[k++] = arena_printf(&d->arena, "0x%llx", (unsigned long long)places[words[i]].address);
	if (proc_capture(
		    &(struct proc_spec){
			    .argv = argv, .dir = -1, .in = -1, .out = -1, .errfd = -1, .die_with_parent = true},
		    &out, SAID_MAX, &quiet) == 0 &&
	    out.len)
		take(d, words, n, out.s);
	err_free(&quiet);
}

/* The next words in one section of one object that were not asked for. */
static size_t
gather(const struct decode *d, const struct decode_place *places, bool *done, size_t *words)
{
	size_t n = 0;

	for (size_t i = 0; i < d->oops.n && n < MOST; i++) {
		if (done[i] || !places[i].of || !d->v[places[i].of - 1].symbols.has_lines)
			continue;
		if (n && (places[i].of != places[words[0]].of || !str_eq(places[i].section, places[words[0]].section)))
			continue;
		done[i] = true;
		words[n++] = i;
	}
	return n;
}

void
decode_lines(struct decode *d, const struct decode_place *places)
{
	bool *done = arena_array(&d->arena, bool, d->oops.n + 1);
	size_t words[MOST], n;

	while ((n = gather(d, places, done, words))) {
		const struct decode_object *o = &d->v[places[words[0]].of - 1];
		const char *tool = program(o);

		if (tool)
			ask(d, tool, o->fd, places[words[0]].section, places, words, n);
	}
}
