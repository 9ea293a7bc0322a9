/* kernel_label: a kernel's release says what it was built from */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/klabel.h"
#include "data/kwhy.h"
#include "data/mail.h"
#include "data/mail_head.h"
#include "data/schema.h"
#include "model/inside.h"
#include "model/job.h"
#include "model/prim.h"
#include "os/fs.h"

#define TEXT_MAX ((size_t)16 << 20)
#define CUSTOM_MAX 40

struct label_params {
	struct source config, source, toolchain, series;
	struct pairs variables;
	const char *label, *tag, *ref;
};

static const struct param params[] = {
	PARAM(label_params, config, P_SOURCE, P_REQUIRED, "The .config, complete."),
	PARAM(label_params, source, P_SOURCE, P_REQUIRED, "The kernel's source."),
	PARAM(label_params, toolchain, P_STEP, P_REQUIRED, "The image whose compilers build it."),
	PARAM(label_params, variables, P_MAP, 0, "What stands on make's command line when it is built."),
	PARAM(label_params, label, P_STRING, P_PLAIN, "The label: up to 40 characters. It comes before all below."),
	PARAM(label_params, series, P_SOURCE, 0,
	      "A mailbox whose first subject is the label, with `-vN` from the second version on."),
	PARAM(label_params, tag, P_STRING, P_PLAIN, "The tag that was checked out: the label is `vanilla`."),
	PARAM(label_params, ref, P_STRING, P_PLAIN, "The branch, or whatever else was checked out: it is the label."),
	{0},
};

static int
check(const void *arg, struct err *err)
{
	const struct label_params *p = arg;

	if (p->label && strlen(p->label) > CUSTOM_MAX) {
		err_set(err, "E0104", "the label `%s` has %zu characters, and there is room for %d", p->label,
			strlen(p->label), CUSTOM_MAX);
		return err_field(err, "label");
	}
	if (p->label || p->tag || p->ref || p->series.kind != SRC_NONE)
		return 0;
	err_set(err, "E0120", "nothing says what the kernel's label is");
	return err_help(err, "give `label`, `series`, `tag` or `ref`");
}

static int
read_text(struct job *job, const struct source *src, struct str *out, struct err *err)
{
	cleanup_fd int fd = job_open(job, src, err);

	if (fd < 0)
		return err_at(err, src->at);
	if (fs_read(fd, out, TEXT_MAX)) {
		err_sys(err, "E0208", "cannot read `%s`", job_source_name(job, src));
		return err_at(err, src->at);
	}
	return 0;
}

/* The Subject of the first mail, its lines joined, its brackets kept. */
static const char *
first_subject(const char *text, struct arena *a)
{
	const char *p = text, *end = text + strlen(text), *value;
	struct str cleanup_str raw = {0}, plain = {0};
	struct mail_line l;

	while (mail_next(&p, end, &l) && l.len) {
		const char *line = arena_strndup(a, l.s, l.len);

		value = mail_value(line, "Subject");
		if (raw.len && (*line == ' ' || *line == '\t'))
			str_addf(&raw, " %s", line + strspn(line, " \t"));
		else if (raw.len)
			break;
		else if (value)
			str_add(&raw, value);
	}
	if (mail_decode_words(str_text(&raw), &plain))
		return arena_strdup(a, str_text(&raw));
	return arena_strdup(a, str_text(&plain));
}

/* The label by the first of the rules that says one; NULL with a sentence. */
static const char *
label_of(struct job *job, const struct label_params *p, struct err *err)
{
	struct arena *a = job_arena(job);
	struct str cleanup_str text = {0};
	const char *from = p->label ? p->label : p->tag ? p->tag : p->ref, *label;

	if (p->label) {
		label = klabel_slug(a, from);
	} else if (p->series.kind != SRC_NONE) {
		if (read_text(job, &p->series, &text, err))
			return NULL;
		from = first_subject(arena_strdup(a, str_text(&text)), a);
		label = klabel_of_subject(a, from);
	} else {
		label = p->tag ? "vanilla" : klabel_slug(a, from);
	}
	if (*label)
		return label;
	err_set(err, "E0208", "`%s` gives no label: no letter or digit is in it", from);
	err_at(err, job_place(job));
	return NULL;
}

struct labelling {
	const char *version, *label, *digest, *localversion;
	struct str config;
};

/* All that is known before make is asked. */
static int
prepare(struct job *job, const struct label_params *p, struct labelling *l, struct err *err)
{
	struct arena *a = job_arena(job);
	const struct tree *image = job_tree(job, &p->toolchain, err), *src;
	struct str cleanup_str config = {0}, makefile = {0}, off = {0};
	const char *sub = "", *whole = label_of(job, p, err), *prior;
	char tools[HASH_HEX], tree[HASH_HEX];
	struct hash id;

	src = image && whole ? job_folder(job, &p->source, &sub, err) : NULL;
	sub = sub ? sub : "";
	if (!src || read_text(job, &p->config, &config, err) ||
	    tree_read(src, *sub ? arena_printf(a, "%s/Makefile", sub) : "Makefile", &makefile, TEXT_MAX, err))
		return -1;
	id = tree_identity(src, sub);
	l->version = kwhy_version(str_text(&makefile), a);
	prior = klabel_prior(a, str_text(&config), whole, l->version);
	klabel_bake(str_text(&config), prior, &off);
	l->digest = klabel_digest(a, str_text(&off), hash_hex(&image->id, tools), klabel_flags(a, &p->variables),
				  hash_hex(&id, tree));
	l->localversion = klabel_localversion(a, prior, l->version, whole, l->digest, &l->label);
	if (strcmp(l->label, whole))
		job_note(job, "the label `%s` is cut to `%s`: a release has %d characters", whole, l->label,
			 KLABEL_RELEASE_MAX);
	klabel_bake(str_text(&config), l->localversion, &l->config);
	return 0;
}

/* The file with the configuration, for the sandbox. */
static int
place(struct inside *in, const struct labelling *l, struct err *err)
{
	int dir = job_scratch(in->job, err), fd;

	if (dir < 0)
		return -1;
	if (fs_replace(dir, "config", str_text(&l->config), l->config.len, 0644) ||
	    (fd = fs_open(dir, "config", O_RDONLY)) < 0)
		return err_sys(err, "E0804", "cannot write the configuration");
	inside_bind(in, (struct bind){.kind = BIND_FD, .at = "/jkr/in/config", .fd = fd});
	return 0;
}

/* make brings its other files to what the configuration says, and tells the release. */
static int
ask_make(struct job *job, const struct label_params *p, const struct labelling *l, struct str *said, struct err *err)
{
	static const char *const head[] = {
		"/bin/sh",
		"-ec",
		("cat /jkr/in/config >/jkr/build/.config; \"$@\" syncconfig >&2; \"$@\" -s kernelrelease; "
		 "cat /jkr/build/.config >/jkr/out/.config"),
		"jkr",
		"make",
		"--no-print-directory",
		"-C",
		"/jkr/src",
		"O=/jkr/build"};
	static const struct pair config = {".config", "out:.config", {0}};
	const struct pairs outputs = {1, (struct pair *)&config};
	struct arena *a = job_arena(job);
	const char **argv = arena_array(a, const char *, ARRAY_LEN(head) + p->variables.n + 1);
	struct bind src = {.kind = BIND_SCRATCH, .at = "/jkr/src", .fd = -1};
	struct inside in;
	int r = inside_begin(&in, job, &p->toolchain, err);

	memcpy(argv, head, sizeof head);
	for (size_t i = 0; i < p->variables.n; i++)
		argv[ARRAY_LEN(head) + i] = arena_printf(a, "%s=%s", p->variables.v[i].key, p->variables.v[i].value);
	src.tree = r ? NULL : job_folder(job, &p->source, &src.sub, err);
	if (src.tree && !place(&in, l, err)) {
		inside_bind(&in, src);
		inside_bind(&in, (struct bind){.kind = BIND_SCRATCH, .at = "/jkr/build", .fd = -1});
		inside_bind(&in, (struct bind){.kind = BIND_OUT, .at = "/jkr/out", .fd = -1});
		in.capture = said;
		r = inside_run(&in, argv, "make syncconfig kernelrelease", err);
		if (!r)
			r = inside_outputs(&in, &outputs, "/jkr/build", &(struct strings){0}, err);
	} else {
		r = -1;
	}
	inside_end(&in);
	return r;
}

static const char *
variable(const struct pairs *v, const char *key)
{
	const char *value = pairs_value(v, key);

	return value ? value : "";
}

/* What the kernel will call itself must be what was asked, to the letter. */
static int
verify(struct job *job, const struct label_params *p, const struct labelling *l, const char *release, struct err *err)
{
	const char *end =
		arena_printf(job_arena(job), "%s%s", l->localversion, variable(&p->variables, "LOCALVERSION"));

	if (!str_starts(release, l->version) || !str_ends(release, end)) {
		err_set(err, "E0208", "the kernel calls itself `%s`, which does not begin with `%s` and end with `%s`",
			release, l->version, end);
		err_help(err,
			 "look for what else sets its local version: an `env`, or an edited scripts/setlocalversion");
		return err_at(err, job_place(job));
	}
	if (strlen(release) <= KLABEL_RELEASE_MAX)
		return 0;
	err_set(err, "E0208", "the release `%s` has %zu characters, and a kernel has room for %d", release,
		strlen(release), KLABEL_RELEASE_MAX);
	err_help(err, "shorten `localversion`, or what files localversion* of the source hold");
	return err_at(err, job_place(job));
}

static int
keep(struct job *job, const char *path, const char *text, struct err *err)
{
	const struct entry e = {.path = path, .mode = S_IFREG | 0644};
	const char *line = arena_printf(job_arena(job), "%s\n", text);

	return layer_put(job_layer(job), &e, line, strlen(line), err);
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct label_params *p = arg;
	struct str cleanup_str said = {0};
	struct labelling l = {0};
	int r = prepare(job, p, &l, err);
	char *release;

	if (!r)
		r = ask_make(job, p, &l, &said, err);
	if (!r) {
		release = arena_strdup(job_arena(job), str_text(&said));
		release[strcspn(release, " \t\r\n")] = '\0';
		job_note(job, "%s", release);
		r = verify(job, p, &l, release, err);
		if (!r && (keep(job, "release", release, err) || keep(job, "digest", l.digest, err)))
			r = -1;
	}
	str_free(&l.config);
	return r;
}

const struct prim prim_kernel_label = {
	.name = "kernel_label",
	.doc = "Puts a label and 12 digits into a kernel's release: the digits are of the configuration, the toolchain, make's variables and "
	       "the source, so that `uname -r` says what runs. CONFIG_LOCALVERSION becomes what it was, the label and the digits; what make "
	       "then tells as the release is compared. The digits are the first 12 of the SHA-256 over these, a zero byte between each two: the lines "
	       "of `.config` with CONFIG_LOCALVERSION_AUTO off, without CONFIG_LOCALVERSION's, a newline between each two; the hash of the "
	       "toolchain's result; the variables as NAME=value, by name, a blank between each two, quoted as for a shell where a value needs it, what "
	       "-fdebug-prefix-map= says left out; the hash of the source. A label that is too long for the 64 characters of a release is cut, the digits never "
	       "are. The result holds `.config`, `release` and `digest`.",
	.params = params,
	.size = sizeof(struct label_params),
	.version = 1,
	.flags = PRIM_CONTAINER,
	.example =
		"kernel_label \"label\" { config = conf / \".config\", source = src, toolchain = gcc, tag = \"v6.1\",\n"
		"                       variables = { ARCH = \"arm64\", CROSS_COMPILE = \"aarch64-linux-gnu-\" } }\n",
	.run = run,
	.check = check,
};
