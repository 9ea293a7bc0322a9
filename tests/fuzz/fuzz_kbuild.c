/* What Kbuild says of what it makes, and its .cmd files: any log, and any two files. */
#include "fuzz.h"

#include "cli/remade.h"
#include "data/kbuild.h"

static void
check_inside(struct kbuild_text t, const char *s, size_t n)
{
	FUZZ_CHECK(!t.n || (t.s >= s && t.n <= n && (size_t)(t.s - s) <= n - t.n));
}

static void
check_line(const char *text, size_t n)
{
	cleanup_free char *s = memcpy(xmalloc(n ? n : 1), text, n); /* what is read behind the line shows */
	cleanup_str struct str name = {0};
	struct kbuild_text what;
	struct kbuild_line l;
	enum kbuild_reason reason;

	kbuild_warning(s, n);
	if (!kbuild_line(s, n, &l))
		return;
	FUZZ_CHECK(l.tag.n > 1 && l.target.n);
	check_inside(l.tag, s, n);
	check_inside(l.target, s, n);
	check_inside(l.why, s, n);
	reason = kbuild_reason(&l, &what);
	FUZZ_CHECK(l.why.n || reason == KBUILD_NONE);
	check_inside(what, s, n);
	kbuild_cmd_name(l.target.s, l.target.n, &name);
}

/* Lines of a log are told so that a terminal shows them and obeys none. */
static void
check_log(const char *log, size_t n)
{
	cleanup_str struct str out = {0};

	for (size_t at = 0, len; at < n; at += len + 1) {
		const char *nl = memchr(log + at, '\n', n - at);

		len = nl ? (size_t)(nl - (log + at)) : n - at;
		check_line(log + at, len);
	}
	remade_text(log, n, &out);
	for (size_t i = 0, k; i < out.len; i += k) {
		k = out.s[i] == '\n' ? 1 : str_printable(out.s + i, out.len - i);
		FUZZ_CHECK(k);
	}
}

/* A command has no word that it has not, and two differ from both sides or from none. */
static void
check_commands(const char *before, const char *after)
{
	cleanup_str struct str there = {0}, back = {0};

	FUZZ_CHECK(!kbuild_command_change(before, before, &there));
	FUZZ_CHECK(kbuild_command_change(before, after, &there) == kbuild_command_change(after, before, &back));
	FUZZ_CHECK(there.len == back.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	size_t nlog, n;
	cleanup_free char *log = fuzz_part(&in, &nlog), *before = fuzz_part(&in, &n), *after = fuzz_part(&in, &n);

	check_log(log, nlog);
	check_commands(before, after);
	return 0;
}
