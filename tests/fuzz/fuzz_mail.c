/* Mails: a mailbox taken apart, each mail read, its patch too; and the same bytes as the head of a patch. */
#include "fuzz.h"

#include "data/mail.h"
#include "data/patchfile.h"

static void
check_mail(const struct mail_slice *in, struct arena *a)
{
	struct err err = {0};
	struct patchfile pf;
	struct mail m;
	int r = mail_read("x.mbox", in, a, &m, &err);

	if (!r) {
		FUZZ_CHECK(m.email && *m.email && !strchr(m.email, '\n'));
		FUZZ_CHECK(!m.subject || !strpbrk(m.subject, "\r\n\t"));
		FUZZ_CHECK(!m.date || !strpbrk(m.date, "\r\n\t"));
		FUZZ_CHECK(m.len <= in->len && m.line >= 1);
		if (m.len && m.line)
			r = patchfile_parse_at("x.mbox", m.line, m.patch, m.len, a, &pf, &err);
	}
	fuzz_ended(r, &err);
}

static void
check_order(const char *one, const char *other)
{
	int r = mail_order(one, other), back = mail_order(other, one);

	FUZZ_CHECK((r < 0) == (back > 0) && (r > 0) == (back < 0) && !mail_order(one, one));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	struct fuzz_input in = {data, size};
	struct err err = {0};
	struct mail_slice *v = NULL;
	size_t len, n = 0, sum = 0;
	cleanup_free char *text = fuzz_bytes(&in, &len);
	struct mail head;
	int r = mail_split("x.mbox", text, len, &a, &v, &n, &err);

	fuzz_ended(r, &err);
	for (size_t i = 0; !r && i < n; i++) {
		FUZZ_CHECK(v[i].line >= 1 && v[i].s >= text && v[i].s + v[i].len <= text + len);
		sum += v[i].len;
		check_mail(&v[i], &a);
	}
	FUZZ_CHECK(sum <= len);
	mail_peek(text, len, &a, &head);
	FUZZ_CHECK(head.patch == text && head.len == len);
	check_order(arena_strndup(&a, text, len < 40 ? len : 40),
		    arena_strndup(&a, text + len / 2, len / 2 < 40 ? len / 2 : 40));
	return 0;
}
