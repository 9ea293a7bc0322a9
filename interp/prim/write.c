/* write: a file with a given text */
#include <string.h>

#include "base/err.h"
#include "data/mode.h"
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

static int
check(const void *arg, struct err *err)
{
	const struct write_params *p = arg;

	return mode_check(p->mode, err);
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct write_params *p = arg;
	struct entry e = {.path = p->path};
	int mode = mode_parse(p->mode);

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
