/* write: a file with a given text */
#include <string.h>

#include "base/err.h"
#include "model/job.h"
#include "model/prim.h"

struct write_params {
	const char *path;
	const char *text;
	const char *mode;
};

static const struct param params[] = {
	PARAM(write_params, path, P_PATH, P_REQUIRED, "The file, inside the result; folders above it are made."),
	PARAM(write_params, text, P_STRING, P_REQUIRED, "What the file holds, to the byte."),
	PARAM_DEF(write_params, mode, P_STRING, P_PLAIN, "0644",
		  "Who may do what with it, in octal: \"0644\", \"0755\"."),
	{0},
};

/* -1 when it is not three or four octal digits up to 0777. */
static int
parse_mode(const char *s)
{
	size_t n = strlen(s);
	int mode = 0;

	if (n < 3 || n > 4 || s[strspn(s, "01234567")] || (n == 4 && *s != '0'))
		return -1;
	while (*s)
		mode = mode * 8 + (*s++ - '0');
	return mode;
}

static int
check(const void *arg, struct err *err)
{
	const struct write_params *p = arg;

	if (!strcmp(p->mode, TEXT_LATER) || parse_mode(p->mode) >= 0)
		return 0;
	err_set(err, "E0105", "`%s` is not a mode for a file", p->mode);
	err_field(err, "mode");
	err_label(err, "not a mode");
	return err_help(err, "a mode is written in octal, such as \"0644\" or \"0755\"");
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct write_params *p = arg;
	struct entry e = {.path = p->path};
	int mode = parse_mode(p->mode);

	if (mode < 0)
		return check(arg, err);
	e.mode = S_IFREG | (mode_t)mode;
	return layer_put(job_layer(job), &e, p->text, strlen(p->text), err);
}

const struct prim prim_write = {
	.name = "write",
	.doc = "Writes a text to a file. Onto a tree it adds the file or replaces the one that is there.",
	.params = params,
	.size = sizeof(struct write_params),
	.version = 1,
	.flags = PRIM_ON,
	.example = "write \"motd\" { path = \"etc/motd\", text = \"hello\\n\" }\n",
	.run = run,
	.check = check,
};
