#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os/fs.h"

static const uint8_t *
cut(const struct fuzz_input *in)
{
	return in->n ? memmem(in->p, in->n, FUZZ_CUT, strlen(FUZZ_CUT)) : NULL;
}

static size_t
take(struct fuzz_input *in, const uint8_t **p)
{
	const uint8_t *end = cut(in);
	size_t n = end ? (size_t)(end - in->p) : in->n;

	*p = in->p;
	in->p += n;
	in->n -= n;
	if (end) {
		in->p += strlen(FUZZ_CUT);
		in->n -= strlen(FUZZ_CUT);
	}
	return n;
}

char *
fuzz_part(struct fuzz_input *in, size_t *len)
{
	const uint8_t *p;
	size_t n = take(in, &p);
	char *s = xmalloc(n + 1);

	if (n)
		memcpy(s, p, n);
	s[n] = '\0';
	*len = n;
	return s;
}

void *
fuzz_bytes(struct fuzz_input *in, size_t *len)
{
	const uint8_t *p;
	size_t n = take(in, &p);
	void *s = xmalloc(n ? n : 1);

	if (n)
		memcpy(s, p, n);
	*len = n;
	return s;
}

unsigned
fuzz_byte(struct fuzz_input *in)
{
	if (!in->n)
		return 0;
	in->n--;
	return *in->p++;
}

void
fuzz_broken(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

void
fuzz_mistakes(struct err *err, const struct err_style *style)
{
	static const struct err_style plain;
	char *text = NULL;
	size_t n = 0;
	FILE *f;

	if (!err_any(err))
		return;
	for (const struct diag *d = err->head; d; d = d->next) {
		FUZZ_CHECK(*d->msg);
		FUZZ_CHECK(!d->code || err_code_find(d->code));
	}
	f = open_memstream(&text, &n);
	err_print(err, f, style ? style : &plain);
	fclose(f);
	for (size_t i = 0; i < n; i++)
		FUZZ_CHECK(((unsigned char)text[i] >= 0x20 && text[i] != 0x7f) || text[i] == '\n' || text[i] == '\t');
	free(text);
	err_free(err);
}

void
fuzz_ended(int r, struct err *err)
{
	FUZZ_CHECK((r < 0) == err_any(err));
	fuzz_mistakes(err, NULL);
}

int
fuzz_fd(const void *p, size_t n)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	FUZZ_CHECK(fd >= 0 && !ftruncate(fd, 0));
	FUZZ_CHECK(!n || pwrite(fd, p, n, 0) == (ssize_t)n);
	FUZZ_CHECK(!lseek(fd, 0, SEEK_SET));
	return fd;
}

static char folder[64];

static void
remove_folder(void)
{
	fs_remove(AT_FDCWD, folder);
}

const char *
fuzz_folder(void)
{
	if (*folder)
		return folder;
	snprintf(folder, sizeof folder, "%s/jkr-fuzz-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	FUZZ_CHECK(mkdtemp(folder));
	atexit(remove_folder);
	return folder;
}
