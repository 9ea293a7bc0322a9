/* The mails of a thread, put in an order that no file system has a say in. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/b4_own.h"
#include "data/mail.h"
#include "os/fs.h"

struct mails {
	struct arena arena;
	struct one {
		struct str text;
		int64_t when;
	} * v;
	size_t n, cap, bytes;
};

static void
mails_free(struct mails *m)
{
	for (size_t i = 0; i < m->n; i++)
		str_free(&m->v[i].text);
	free(m->v);
	arena_free(&m->arena);
}

#define cleanup_mails __attribute__((cleanup(mails_free)))

int64_t
b4_when(const char *date)
{
	struct tm tm = {.tm_mday = 1}, zone = {0};
	const char *p = strchr(date, ','), *end;

	p = p ? p + 1 : date;
	end = strptime(p, " %d %b %Y %H:%M", &tm);
	if (!end)
		return 0;
	p = *end == ':' ? strptime(end, ":%S", &tm) : end;
	if (p && !strptime(p, " %z", &zone))
		zone.tm_gmtoff = 0;
	return (int64_t)timegm(&tm) - zone.tm_gmtoff;
}

static int
by_time(const void *x, const void *y)
{
	const struct one *a = x, *b = y;
	size_t n = a->text.len < b->text.len ? a->text.len : b->text.len;
	int c = (a->when > b->when) - (a->when < b->when);

	c = c ? c : memcmp(str_text(&a->text), str_text(&b->text), n);
	return c ? c : (a->text.len > b->text.len) - (a->text.len < b->text.len);
}

static int
read_one(struct mails *m, int dir, const char *path, struct err *err)
{
	struct one *one;
	struct mail head;

	GROW(m->v, m->n, m->cap);
	one = &m->v[m->n++];
	*one = (struct one){0};
	if (fs_read_file(dir, path, &one->text, B4_MAX - m->bytes))
		return err_sys(err, "E0904", "cannot read the thread that b4 got");
	m->bytes += one->text.len;
	mail_peek(str_text(&one->text), one->text.len, &m->arena, &head);
	one->when = head.date ? b4_when(head.date) : 0;
	return 0;
}

static int
read_all(struct mails *m, int dir, const char *maildir, struct err *err)
{
	static const char *const parts[] = {"new", "cur"};
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(parts) && !r; i++) {
		cleanup_free char *folder = xasprintf("%s/%s", maildir, parts[i]);
		cleanup_fd int fd = fs_open(dir, folder, O_RDONLY | O_DIRECTORY);
		char **names = NULL;
		size_t n = 0;

		if (fd < 0 || fs_names(fd, &names, &n))
			continue; /* no mails */
		for (size_t k = 0; k < n && !r; k++)
			r = read_one(m, fd, names[k], err);
		fs_names_free(names, n);
	}
	return r;
}

int
b4_join(int dir, const char *maildir, struct str *out, struct str *between, struct err *err)
{
	cleanup_mails struct mails m = {0};
	cleanup_str struct str all = {0};
	char hex[HASH_HEX];
	struct hash h;

	if (read_all(&m, dir, maildir, err))
		return -1;
	if (m.n)
		qsort(m.v, m.n, sizeof *m.v, by_time);
	for (size_t i = 0; i < m.n; i++)
		str_addn(&all, str_text(&m.v[i].text), m.v[i].text.len);
	h = hash_of(str_text(&all), all.len);
	str_addf(between, "== %s ==\n", hash_hex(&h, hex));
	for (size_t i = 0; i < m.n; i++) {
		if (i)
			str_add(out, str_text(between));
		str_addn(out, str_text(&m.v[i].text), m.v[i].text.len);
	}
	return (int)m.n;
}
