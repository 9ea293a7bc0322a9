#include "fake_archive.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zlib.h>

void
tar_head(struct str *t, const char *name, char type, unsigned mode, const char *link, uint64_t size)
{
	unsigned char h[512] = {0};
	unsigned sum = 0;

	strncpy((char *)h, name, 100);
	snprintf((char *)h + 100, 8, "%07o", mode & 07777);
	snprintf((char *)h + 108, 8, "%07o", 0U);
	snprintf((char *)h + 116, 8, "%07o", 0U);
	if (size < 077777777777ULL) {
		snprintf((char *)h + 124, 12, "%011llo", (unsigned long long)size);
	} else {
		h[124] = 0x80;
		for (int i = 0; i < 8; i++)
			h[135 - i] = (unsigned char)(size >> (8 * i));
		if (size >> 63)
			memset(h + 124, 0xff, 4);
	}
	snprintf((char *)h + 136, 12, "%011o", 1700000000U);
	h[156] = (unsigned char)type;
	if (link)
		strncpy((char *)h + 157, link, 100);
	memcpy(h + 257,
	       "ustar\0"
	       "00",
	       8);
	if (type == '3' || type == '4') {
		snprintf((char *)h + 329, 8, "%07o", 1U);
		snprintf((char *)h + 337, 8, "%07o", 3U);
	}
	memset(h + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += h[i];
	snprintf((char *)h + 148, 8, "%06o", sum);
	str_addn(t, h, sizeof h);
}

void
tar_body(struct str *t, const void *p, size_t n)
{
	static const char zero[512];

	str_addn(t, p, n);
	if (n % 512)
		str_addn(t, zero, 512 - n % 512);
}

void
tar_file(struct str *t, const char *name, const char *text)
{
	tar_head(t, name, '0', 0644, NULL, strlen(text));
	tar_body(t, text, strlen(text));
}

void
tar_link(struct str *t, const char *name, const char *target)
{
	tar_head(t, name, '2', 0777, target, 0);
}

void
tar_end(struct str *t)
{
	static const char zero[1024];

	str_addn(t, zero, sizeof zero);
}

void
tar_pax(struct str *t, const char *records, size_t n)
{
	tar_head(t, "pax", 'x', 0644, NULL, n);
	tar_body(t, records, n);
}

void
pax_record(struct str *r, const char *key, const char *value)
{
	size_t body = strlen(key) + strlen(value) + 3, n = body + 1;

	while ((size_t)snprintf(NULL, 0, "%zu", n) + body != n)
		n++;
	str_addf(r, "%zu %s=%s\n", n, key, value);
}

void
tar_long(struct str *t, char type, const char *name)
{
	tar_head(t, "././@LongLink", type, 0, NULL, strlen(name) + 1);
	tar_body(t, name, strlen(name) + 1);
}

int
bytes_fd(const void *p, size_t n)
{
	int fd = memfd_create("hostile", MFD_CLOEXEC);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) < 0)
		abort();
	return fd;
}

struct str
through(const struct str *in, const char *const *argv)
{
	int from = bytes_fd(in->s, in->len), to = memfd_create("out", MFD_CLOEXEC), status;
	struct str out = {0};
	char buf[4096];
	ssize_t k;
	pid_t pid = fork();

	if (pid == 0) {
		dup2(from, 0);
		dup2(to, 1);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	lseek(to, 0, SEEK_SET);
	while ((k = read(to, buf, sizeof buf)) > 0)
		str_addn(&out, buf, (size_t)k);
	close(from);
	close(to);
	return out;
}

static void
put16(struct str *b, unsigned v)
{
	str_addc(b, (char)v);
	str_addc(b, (char)(v >> 8));
}

static void
put32(struct str *b, uint32_t v)
{
	put16(b, v & 0xffff);
	put16(b, v >> 16);
}

struct str
zip_of(const struct zip_file *f, size_t n)
{
	struct str z = {0}, dir = {0};
	size_t at = 0, start;

	for (size_t i = 0; i < n; i++) {
		uint32_t crc = (uint32_t)crc32(0, (const unsigned char *)f[i].text, (uInt)strlen(f[i].text));
		uint32_t len = (uint32_t)strlen(f[i].text);

		crc ^= f[i].bad_crc;
		if (!f[i].share) {
			at = z.len;
			put32(&z, 0x04034b50), put16(&z, 20), put16(&z, 0), put16(&z, 0), put32(&z, 0);
			put32(&z, crc), put32(&z, len), put32(&z, len);
			put16(&z, (unsigned)strlen(f[i].local)), put16(&z, 0);
			str_add(&z, f[i].local);
			str_add(&z, f[i].text);
		}
		put32(&dir, 0x02014b50), put16(&dir, 3 << 8 | 20), put16(&dir, 20), put16(&dir, 0), put16(&dir, 0);
		put32(&dir, 0), put32(&dir, crc), put32(&dir, len), put32(&dir, len);
		put16(&dir, (unsigned)strlen(f[i].listed)), put16(&dir, 0), put16(&dir, 0), put16(&dir, 0),
			put16(&dir, 0);
		put32(&dir, f[i].mode << 16), put32(&dir, (uint32_t)at);
		str_add(&dir, f[i].listed);
	}
	start = z.len;
	str_addn(&z, dir.s, dir.len);
	put32(&z, 0x06054b50), put16(&z, 0), put16(&z, 0), put16(&z, (unsigned)n), put16(&z, (unsigned)n);
	put32(&z, (uint32_t)dir.len), put32(&z, (uint32_t)start), put16(&z, 0);
	str_free(&dir);
	return z;
}

void
ar_file(struct str *a, const char *name, const void *p, size_t n)
{
	if (!a->len)
		str_add(a, "!<arch>\n");
	str_addf(a, "%-16s%-12d%-6d%-6d%-8s%-10zu`\n", name, 0, 0, 0, "100644", n);
	str_addn(a, p, n);
	if (n % 2)
		str_addc(a, '\n');
}
