#include "data/machine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "os/fs.h"
#include "os/proc.h"

enum { ANSWER_MAX = 64 << 20 };

/* For any POSIX shell, busybox's as well. The last line tells that nothing was cut off. */
static const char script[] =
	"set -u\n"
	"LC_ALL=C; export LC_ALL\n"
	"r=$(uname -r)\n"
	"echo \"release $r\"\n"
	"echo \"banner $(cat /proc/version)\"\n"
	"for f in /boot/Image /boot/Image.gz /boot/zImage /boot/bzImage \"/boot/vmlinuz-$r\" /boot/vmlinuz "
	"/etc/jetson-av-build.json; do\n"
	"  [ ! -f \"$f\" ] || sha256sum \"$f\" || exit 1\n"
	"done\n"
	"[ ! -d \"/lib/modules/$r\" ] || cd \"/lib/modules/$r\" || exit 1\n"
	"[ ! -d \"/lib/modules/$r\" ] || find . -type f -name '*.ko*' -exec sha256sum {} + |\n"
	"  sed \"s,  *\\(\\./\\),  /lib/modules/$r/,\"\n"
	"echo end\n";

/* [USER@]HOST[:PORT]; nothing that ssh could take for an option or hand to a shell. */
static int
split_url(const char *url, struct arena *a, char **host, char **port, struct err *err)
{
	char *colon;

	*host = arena_strdup(a, str_starts(url, "ssh://") ? url + 6 : "");
	(*host)[strcspn(*host, "/")] = '\0';
	colon = strrchr(*host, ':');
	*port = colon && !strchr(colon, ']') ? colon + 1 : NULL;
	if (*port)
		*colon = '\0';
	if (**host && **host != '-' && !strstr(*host, "@-") &&
	    !(*host)[strspn(*host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@[]:%")] &&
	    (!*port || (**port && strlen(*port) < 6 && !(*port)[strspn(*port, "0123456789")])))
		return 0;
	err_set(err, "E1003", "`--host` takes ssh://[USER@]HOST[:PORT], not `%s`", url);
	return -1;
}

static int
run_ssh(const char *host, const char *port, struct str *said, struct err *err)
{
	const char *argv[16] = {"ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=20"};
	cleanup_fd int in = memfd_create("script", MFD_CLOEXEC);
	size_t n = 6;

	if (port) {
		argv[n++] = "-p";
		argv[n++] = port;
	}
	argv[n++] = "--";
	argv[n++] = host;
	argv[n++] = "exec sh -s";
	if (in < 0 || fs_write(in, script, sizeof script - 1) || lseek(in, 0, SEEK_SET))
		return err_sys(err, "E1206", "cannot hold the questions to `%s`", host);
	return proc_capture(&(struct proc_spec){.argv = argv, .dir = -1, .in = in, .out = -1, .errfd = -1}, said,
			    ANSWER_MAX, err);
}

static int
odd_answer(const char *url, const char *line, struct err *err)
{
	err_set(err, "E1206", "`%s` did not answer as expected", url);
	return *line ? err_help(err, "it said: `%.80s`", line) : err_help(err, "its answer ended early");
}

/* The checksums are left together, as a list. */
int
machine_answer(char *text, const char *url, struct arena *a, struct machine *out, struct err *err)
{
	cleanup_str struct str sums = {0};
	bool whole = false;

	for (char *s = text, *end; *s && !whole; s = end) {
		end = s + strcspn(s, "\n");
		if (*end)
			*end++ = '\0';
		if (str_starts(s, "release "))
			out->release = arena_strdup(a, s + 8);
		else if (str_starts(s, "banner "))
			out->banner = arena_strdup(a, s + 7);
		else if (!strcmp(s, "end"))
			whole = true;
		else if (strspn(s, "0123456789abcdef") == 64 && !strncmp(s + 64, "  /", 3))
			str_addf(&sums, "%.66s%s\n", s, s + 67);
		else
			return odd_answer(url, s, err);
	}
	if (!whole || !out->release || !out->banner || !*out->release || strchr(out->release, '/'))
		return odd_answer(url, "", err);
	return sums.len ? checklist_parse(str_text(&sums), sums.len, url, a, &out->files, err) : 0;
}

int
machine_ask(const char *url, struct arena *a, struct machine *out, struct err *err)
{
	cleanup_str struct str said = {0};
	const size_t before = err_count(err);
	char *host, *port;
	int status;

	*out = (struct machine){.name = url};
	if (split_url(url, a, &host, &port, err))
		return -1;
	status = run_ssh(host, port, &said, err);
	if (err_count(err) > before)
		return -1;
	if (status) {
		err_set(err, "E1206", status == 255 ? "ssh cannot log in at `%s`" : "the questions failed on `%s`",
			url);
		return err_help(err, "`ssh %s%s%s true` must work without a question", port ? "-p " : "",
				port ? port : "", arena_printf(a, "%s%s", port ? " " : "", host));
	}
	return machine_answer(said.s ? said.s : arena_strdup(a, ""), url, a, out, err);
}
