#include "store/depot_serve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "os/fs.h"
#include "store/depot_own.h"

#define PIECE (64u << 10)

struct serving {
	void *folder;
	FILE *in;
	int out;
};

static int
say(struct serving *s, const char *line)
{
	return fs_write(s->out, line, strlen(line)) ? -1 : 0;
}

/* What a function of the folder gave, as a line. */
static int
answer(struct serving *s, int r, struct err *err)
{
	cleanup_str struct str line = {0};

	if (r >= 0)
		return say(s, r ? "yes 0\n" : "no\n");
	str_add(&line, "bad ");
	err_brief(err, &line);
	err_free(err);
	if (line.len > DEPOT_LINE - 2)
		line.len = DEPOT_LINE - 2;
	str_addc(&line, '\n');
	return say(s, line.s);
}

static bool
is_name(const char *name)
{
	struct hash h;

	return (str_starts(name, "ac/") || str_starts(name, "cas/")) && !hash_parse(&h, strchr(name, '/') + 1);
}

static int
give(struct serving *s, const char *name, uint64_t max)
{
	cleanup_fd int fd = memfd_create("depot", MFD_CLOEXEC);
	struct err err = {0};
	char line[64];
	struct stat st;
	int r = fd < 0 ? -1 : depot_file.get(s->folder, name, fd, max, &err);

	if (r <= 0 || fstat(fd, &st) || lseek(fd, 0, SEEK_SET) < 0)
		return answer(s, r, &err);
	snprintf(line, sizeof line, "yes %llu\n", (unsigned long long)st.st_size);
	return say(s, line) || fs_copy(fd, s->out) ? -1 : 0;
}

/* Takes all that was announced, also what cannot be kept: behind it stands the next question. */
static int
take(struct serving *s, const char *name, uint64_t size)
{
	cleanup_fd int fd = memfd_create("depot", MFD_CLOEXEC);
	cleanup_free char *piece = xmalloc(PIECE);
	struct err err = {0};
	bool kept = fd >= 0;

	for (uint64_t left = size; left;) {
		size_t n = fread(piece, 1, left < PIECE ? (size_t)left : PIECE, s->in);

		if (!n)
			return -1;
		kept = kept && !fs_write(fd, piece, n);
		left -= n;
	}
	if (!kept) {
		err_sys(&err, "E0816", "there is no memory for what is sent");
		return answer(s, -1, &err);
	}
	return answer(s, depot_file.put(s->folder, name, fd, size, &err), &err);
}

/* 0 answered, -1 the other end is gone, -2 it asks what nobody understands. */
static int
question(struct serving *s, const char *line)
{
	char verb[8], name[DEPOT_NAME];
	unsigned long long n = 0;
	struct err err = {0};
	int words = sscanf(line, "%7s %71s %llu", verb, name, &n);

	if (words < 2 || !is_name(name))
		return -2;
	if (!strcmp(verb, "has") && words == 2)
		return answer(s, depot_file.has(s->folder, name, &err), &err);
	if (!strcmp(verb, "get") && words == 3)
		return give(s, name, n);
	if (!strcmp(verb, "put") && words == 3)
		return take(s, name, n);
	return -2;
}

int
depot_serve(const char *folder, int in, int out, struct err *err)
{
	cleanup_free char *address = xasprintf("file://%s", folder);
	const struct depot_options none = {0};
	struct serving s = {.in = fdopen(in, "r"), .out = out};
	char line[DEPOT_LINE];
	int r = 0;

	if (!s.in)
		return err_sys(err, "E1142", "cannot read questions");
	s.folder = depot_file.open(address, &none, err);
	if (!s.folder)
		return -1;
	r = say(&s, DEPOT_HELLO "\n");
	while (!r && fgets(line, sizeof line, s.in))
		r = question(&s, line);
	depot_file.close(s.folder);
	return r == -2 ? err_set(err, "E0812", "a question to `jkr cache serve` is none: `%.80s`", line) : 0;
}
