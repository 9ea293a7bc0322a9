#include "data/b4.h"

#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/b4_own.h"
#include "os/fs.h"
#include "os/proc.h"

#define LOST "E0904"
#define REFUSED "E0912"
#define NO_SERIES "E0925"
#define SAID_MAX (1 << 20)
#define WAIT "300" /* seconds; b4 itself waits for ever for a server that says nothing */
#define TIMED_OUT 124

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* -- what names a thread ------------------------------------------------------------------------------------------- */
static bool
id_ok(const char *s)
{
	const char *at = strchr(s, '@');

	return at && at > s && at[1] && !strchr(at + 1, '@') && !strchr("-./", *s) && !strstr(s, "..") &&
	       strlen(s) <= 250 && !s[strspn(s, LETTERS "!$&*+/=^_{|}~.-%@")];
}

/* In an address as servers write it: `/` and what else is special there as %XX. */
static bool
coded_id_ok(const char *s, size_t len)
{
	cleanup_str struct str id = {0};
	unsigned byte;

	for (size_t i = 0; i < len; i++) {
		if (s[i] != '%') {
			str_addc(&id, s[i]);
			continue;
		}
		if (i + 2 >= len || !isxdigit((unsigned char)s[i + 1]) || sscanf(s + i + 1, "%2x", &byte) != 1 || !byte)
			return false;
		str_addc(&id, (char)byte);
		i += 2;
	}
	return id_ok(str_text(&id));
}

/* b4 takes the three parts behind the scheme, and nothing of what follows (`/T/#u`). */
static bool
address_ok(const char *s)
{
	const char *host = strstr(s, "://") + 3, *list, *id, *rest;

	if ((!str_starts(s, "https://") && !str_starts(s, "http://")) || !isalnum((unsigned char)*host))
		return false;
	list = host + strspn(host, LETTERS ".-:");
	if (*list++ != '/' || !isalnum((unsigned char)*list))
		return false;
	id = list + strspn(list, LETTERS "._-");
	if (*id++ != '/')
		return false;
	rest = id + strcspn(id, "/");
	return coded_id_ok(id, (size_t)(rest - id)) && !rest[strspn(rest, LETTERS "./#")] && !strstr(rest, "..");
}

int
b4_check(const char *thread, struct err *err)
{
	if (strstr(thread, "://") ? address_ok(thread) : id_ok(thread))
		return 0;
	err_set(err, REFUSED, "`%s` is neither the id of a mail nor the address of one in an archive", thread);
	err_help(err, "an id is what a mail has between < and >: b4 = \"20240101120000.1-1-author@example.org\"");
	return err_help(err, "an address ends with it: b4 = \"https://lore.kernel.org/all/ID/\"");
}

/* -- running it ---------------------------------------------------------------------------------------------------- */
/* What of the user's settings changes a mailbox, and is therefore ours to say: who the user is (b4 moves their
 * Signed-off-by), the order of trailers, and which of several copies of a mail counts. */
static const char *const settings[][2] = {
	{"user.name", "jkr"},
	{"user.email", "jkr@localhost"},
	{"b4.trailer-order", "*"},
	{"b4.trailers-ignore-from", ""},
	{"b4.listid-preference", "*.feeds.kernel.org,*.linux.dev,*.kernel.org,*"},
	{"b4.save-maildirs", "no"},
	{"b4.attestation-checkmarks", "simple"},
};

static const char *const passed[] = {
	"PATH",
	"HOME",
	"USER",
	"LOGNAME",
	"GNUPGHOME",
	"XDG_CONFIG_HOME",
	"GIT_CONFIG_GLOBAL",
	"SSL_CERT_DIR",
	"HTTP_PROXY",
	"HTTPS_PROXY",
	"ALL_PROXY",
	"NO_PROXY",
	"REQUESTS_CA_BUNDLE",
	"SSL_CERT_FILE",
	"http_proxy",
	"https_proxy",
	"all_proxy",
	"no_proxy",
};

/* A folder of its own: what b4 keeps and notes lands there and goes with it. */
struct folder {
	struct arena arena;
	int base, dir;
	const char *in, *path;
	char name[64];
};

static void
folder_close(struct folder *f)
{
	if (f->dir >= 0)
		fs_remove(f->base, f->name);
	cleanup_fdp(&f->dir);
	cleanup_fdp(&f->base);
	arena_free(&f->arena);
}

#define cleanup_folder __attribute__((cleanup(folder_close)))

/* The keys that a person trusts are still theirs: b4 says whose signature is good. */
static void
show_keys(const struct folder *f)
{
	static const char *const keys[] = {"b4/keyring", "patatt"};
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	fs_mkdirs(f->dir, "data/b4");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		cleanup_free char *from = data && *data == '/'
						  ? xasprintf("%s/%s", data, keys[i])
						  : xasprintf("%s/.local/share/%s", home ? home : "", keys[i]);
		cleanup_free char *to = xasprintf("data/%s", keys[i]);

		if (access(from, F_OK) == 0 && symlinkat(from, f->dir, to))
			continue; /* b4 then says that it has no key */
	}
}

static int
folder_open(struct folder *f, struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	char real[PATH_MAX];

	if (!realpath(tmp && *tmp ? tmp : "/tmp", real) ||
	    (f->base = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 || fs_mkdtemp(f->base, "jkr-b4-", f->name) ||
	    (f->dir = fs_open(f->base, f->name, O_RDONLY | O_DIRECTORY)) < 0)
		return err_sys(err, "E0804", "cannot make a folder in `%s`", tmp && *tmp ? tmp : "/tmp");
	f->in = arena_strdup(&f->arena, real);
	f->path = arena_printf(&f->arena, "%s/%s", real, f->name);
	show_keys(f);
	return 0;
}

static const char **
b4_env(struct folder *f)
{
	struct arena *a = &f->arena;
	const char **env = arena_array(a, const char *, ARRAY_LEN(passed) + 2 * ARRAY_LEN(settings) + 10);
	size_t n = 0;

	env[n++] = "LC_ALL=C.UTF-8";
	env[n++] = "TZ=UTC";
	env[n++] = "PYTHONHASHSEED=0";
	env[n++] = "GIT_TERMINAL_PROMPT=0";
	env[n++] = arena_printf(a, "GIT_CEILING_DIRECTORIES=%s", f->in);
	env[n++] = arena_printf(a, "TMPDIR=%s", f->path);
	env[n++] = arena_printf(a, "XDG_CACHE_HOME=%s/cache", f->path);
	env[n++] = arena_printf(a, "XDG_DATA_HOME=%s/data", f->path);
	env[n++] = arena_printf(a, "GIT_CONFIG_COUNT=%zu", ARRAY_LEN(settings));
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		env[n++] = arena_printf(a, "GIT_CONFIG_KEY_%zu=%s", i, settings[i][0]);
		env[n++] = arena_printf(a, "GIT_CONFIG_VALUE_%zu=%s", i, settings[i][1]);
	}
	for (size_t i = 0; i < ARRAY_LEN(passed); i++)
		if (getenv(passed[i]))
			env[n++] = arena_printf(a, "%s=%s", passed[i], getenv(passed[i]));
	return env;
}

/* Gives the exit status. Whoever interrupts jkr from a terminal ends it, too; else the time does. */
static int
b4_run(struct folder *f, const char *const *argv, int in, struct str *out, struct str *said, struct err *err)
{
	cleanup_fd int stderr_fd = memfd_create("b4", MFD_CLOEXEC);
	const struct proc_spec spec = {
		.argv = argv, .env = b4_env(f), .dir = f->dir, .in = in, .out = -1, .errfd = stderr_fd};
	int status = proc_capture(&spec, out, B4_MAX, err);

	if (stderr_fd >= 0 && lseek(stderr_fd, 0, SEEK_SET) == 0)
		fs_read(stderr_fd, said, said->len + SAID_MAX);
	return status;
}

/* -- what it says ---------------------------------------------------------------------------------------------------
 */
/* The reason in the last line of a trace of Python's: of a server that is not there that is the errno's text. */
static char *
last_words(const struct str *said, struct arena *a)
{
	const char *text = str_text(said), *end = text + said->len, *p, *no;
	size_t n;

	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	p = memrchr(text, '\n', (size_t)(end - text));
	p = p ? p + 1 : text;
	no = strstr(p, "[Errno ");
	if (no && strstr(no, "] "))
		p = strstr(no, "] ") + 2;
	n = no ? strcspn(p, "'\")") : (size_t)(end - p);
	return arena_strndup(a, p, n < (size_t)(end - p) ? n : (size_t)(end - p));
}

static int
explain(const char *thread, int status, const struct str *said, struct err *err)
{
	cleanup_arena struct arena a = {0};

	if (strstr(str_text(said), "That message-id is not known")) {
		err_set(err, NO_SERIES, "the archive has no mail `%s`", thread);
		return err_help(err, "is it the whole id? What was sent a few minutes ago may not be there yet");
	}
	if (status == TIMED_OUT)
		err_set(err, LOST, "b4 got no answer about `%s` in " WAIT " seconds", thread);
	else
		err_set(err, LOST, "b4 did not get the thread `%s`: %s", thread, last_words(said, &a));
	return err_help(err, "b4 asks the archive of an address; about an id that of `git config b4.midmask`, else "
			     "https://lore.kernel.org/all/");
}

/* It got the thread, and does not like it: a policy of the user's on signatures, characters that hide something. */
static int
refused(const char *thread, const struct str *said, struct err *err)
{
	const char *text = str_text(said), *p = text + said->len;

	err_set(err, NO_SERIES, "b4 makes no mailbox of the thread `%s`", thread);
	for (int lines = 0; p > text && lines < 8; lines += p == text || p[-1] == '\n')
		p--;
	while (*p) {
		size_t n = strcspn(p, "\n");

		err_help(err, "b4 says: %.*s", (int)n, p);
		p += n + (p[n] == '\n');
	}
	return -1;
}

/* b4 also writes what it found of a series that is not whole. */
static int
check_series(const char *thread, const struct str *box, const struct str *said, struct err *err)
{
	const char *text = str_text(said), *missing = strstr(text, "ERROR: missing ");

	if (missing) {
		err_set(err, NO_SERIES, "the archive lacks a patch of the series `%s`: %.*s is missing", thread,
			(int)strcspn(missing + strlen("ERROR: missing "), "!\n"), missing + strlen("ERROR: missing "));
		return err_help(err, "what was sent a few minutes ago may not be there yet");
	}
	if (box->len && !strstr(text, "Thread incomplete!"))
		return 0;
	err_set(err, NO_SERIES, "b4 finds no whole series of patches in the thread `%s`", thread);
	return err_help(err, "name its cover letter or one of its patches; `b4 am` says more");
}

/* b4 knows an address by its @, which some programs write as %40. */
static const char *
as_asked(struct arena *a, const char *thread)
{
	const char *at = strchr(thread, '@') ? NULL : strstr(thread, "%40");

	return at ? arena_printf(a, "%.*s@%s", (int)(at - thread), thread, at + 3) : thread;
}

static int
get_thread(struct folder *f, const char *thread, struct str *said, struct err *err)
{
	const char *asked = as_asked(&f->arena, thread);
	const char *const argv[] = {"timeout", "--foreground", "-k", "5", WAIT, "b4",     "-n",  "--no-stdin", "mbox",
				    "-C",      "-M",           "-o", ".", "-n", "thread", asked, NULL};
	cleanup_str struct str out = {0};
	int status = b4_run(f, argv, -1, &out, said, err);

	return status < 0 ? -1 : status ? explain(thread, status, said, err) : 0;
}

int
b4_am(const char *thread, struct str *box, struct str *said, struct err *err)
{
	cleanup_folder struct folder f = {.base = -1, .dir = -1};
	cleanup_str struct str mails = {0}, between = {0};
	const char *argv[] = {"timeout", "--foreground",     "-k", "5", WAIT, "b4", "-n", "am", "-m", "-", "-o",
			      "-",       "--stdin-pipe-sep", NULL, NULL};
	cleanup_free char *where = proc_which("b4");
	cleanup_fd int in = memfd_create("thread", MFD_CLOEXEC);
	int status;

	if (!where) {
		err_set(err, "E1140", "there is no `b4` here, which gets the thread `%s`", thread);
		return err_help(err, "apt install b4");
	}
	if (folder_open(&f, err) || get_thread(&f, thread, said, err) ||
	    b4_join(f.dir, "thread", &mails, &between, err) < 0)
		return -1;
	argv[ARRAY_LEN(argv) - 2] = str_text(&between);
	if (in < 0 || fs_write(in, str_text(&mails), mails.len) || lseek(in, 0, SEEK_SET) < 0)
		return err_sys(err, "E0804", "cannot hand the thread `%s` to b4", thread);
	status = b4_run(&f, argv, in, box, said, err);
	if (status)
		return status < 0 ? -1 : refused(thread, said, err);
	return check_series(thread, box, said, err);
}
