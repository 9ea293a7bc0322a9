#include "cli/versions.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/userfile.h"
#include "os/proc.h"

void
versions_write(struct str *b)
{
	static const char *const programs[] = {"bwrap", "mmdebstrap", "git", "docker", "qemu-system-aarch64"};
	static const char *const settings[] = {"LANG",        "LC_ALL",       "TERM",       "JKR_JOBS",
					       "JKR_BACKEND", "JKR_PROGRESS", "JKR_OFFLINE"};
	cleanup_str struct str release = {0};
	struct utsname u;

	str_addf(b, "jkr %s\n", JKR_VERSION);
	if (!uname(&u))
		str_addf(b, "%s %s %s %s\n", u.sysname, u.release, u.version, u.machine);
	if (!userfile_read("/etc/os-release", &release, 1 << 16))
		str_addf(b, "%.*s\n", (int)strcspn(str_text(&release), "\n"), str_text(&release));
	for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
		const char *argv[] = {programs[i], "--version", NULL};
		cleanup_str struct str said = {0};
		struct err err = {0};

		if (!proc_capture(&(struct proc_spec){.argv = argv, .dir = -1, .in = -1, .out = -1, .errfd = -1}, &said,
				  1 << 16, &err))
			str_addf(b, "%s: %.*s\n", programs[i], (int)strcspn(str_text(&said), "\n"), str_text(&said));
		else
			str_addf(b, "%s: not there\n", programs[i]);
		err_free(&err);
	}
	/* of the environment only what changes what jkr does, and is no secret */
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (getenv(settings[i]))
			str_addf(b, "%s=%s\n", settings[i], getenv(settings[i]));
}
