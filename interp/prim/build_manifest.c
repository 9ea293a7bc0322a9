/* build_manifest: what a build is made of, as bytes that are the same whenever and wherever it is built */
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/err.h"
#include "base/str.h"
#include "data/json.h"
#include "data/vermagic.h"
#include "model/gather.h"
#include "model/job.h"
#include "model/lineage.h"
#include "model/prim.h"
#include "os/fs.h"

struct manifest_params {
	struct sources outputs;
	struct sources from;
	struct strings exclude;
	const char *name;
	struct source kernel;
	struct source defconfig;
	struct source headers;
	const char *cross_compile;
	const char *toolchain_gcc;
	struct pairs fields;
};

static const struct param params[] = {
	PARAM(manifest_params, outputs, P_SOURCE, P_OPERAND | P_LIST | P_GLOB | P_REQUIRED,
	      "What is delivered; each file is listed with its hash, laid out as copy does."),
	PARAM(manifest_params, from, P_SOURCE, P_LIST,
	      "What goes into the delivery as it came, such as a vendor's root file system: what it was made of is written down, its "
	      "files are not listed."),
	PARAM(manifest_params, exclude, P_STRING, P_LIST | P_PLAIN,
	      "Patterns of what is not listed, as in copy. Each must match something."),
	PARAM_DEF(manifest_params, name, P_PATH, 0, "BUILD_MANIFEST.json", "The file's name in the result."),
	PARAM(manifest_params, kernel, P_SOURCE, 0,
	      "A built kernel's `devel`: its release, .config and vermagic are written down."),
	PARAM(manifest_params, defconfig, P_SOURCE, 0, "The configuration that was asked for, for `defconfig_sha256`."),
	PARAM(manifest_params, headers, P_SOURCE, 0,
	      "The package with the kernel's headers, or the folder that holds it, for `headers_deb`."),
	PARAM(manifest_params, cross_compile, P_STRING, P_PLAIN, "The prefix of the compilers."),
	PARAM(manifest_params, toolchain_gcc, P_STRING, 0,
	      "What the compiler says of its version; the first line counts."),
	PARAM(manifest_params, fields, P_MAP, 0, "More fields; they replace those of the same name."),
	{0},
};

enum { CONFIG_MAX = 8 << 20 };

/* One field of the manifest: the recipe's own word counts before what was found out; neither is null. */
static void
field(struct json *j, const struct manifest_params *p, const char *key, const char *value)
{
	for (size_t i = 0; i < p->fields.n; i++)
		if (!strcmp(p->fields.v[i].key, key))
			return;
	json_string(j, key, value && *value ? value : NULL);
}

/* What a built kernel says of itself. */
struct kernel_facts {
	struct str config, release, vermagic, localversion;
	char sha256[HASH_HEX];
};

static int
read_part(struct job *job, const struct source *kernel, const char *path, struct str *out, struct err *err)
{
	const char *sub;
	const struct tree *t = job_folder(job, kernel, &sub, err);

	if (!t)
		return -1;
	return tree_read(t, *sub ? arena_printf(job_arena(job), "%s/%s", sub, path) : path, out, CONFIG_MAX, err);
}

static void
find_localversion(struct kernel_facts *k)
{
	static const char line[] = "CONFIG_LOCALVERSION=\"";
	const char *s = strstr(str_text(&k->config), line);

	if (s)
		str_addn(&k->localversion, s + sizeof line - 1, strcspn(s + sizeof line - 1, "\"\n"));
}

static int
read_kernel(struct job *job, const struct manifest_params *p, struct kernel_facts *k, struct err *err)
{
	struct hash h;

	if (p->kernel.kind == SRC_NONE)
		return 0;
	if (read_part(job, &p->kernel, ".config", &k->config, err) ||
	    read_part(job, &p->kernel, "include/config/kernel.release", &k->release, err))
		return -1;
	vermagic_release(&k->release);
	vermagic_expect(str_text(&k->release), str_text(&k->config), &k->vermagic);
	find_localversion(k);
	h = hash_of(str_text(&k->config), k->config.len);
	hash_hex(&h, k->sha256);
	return 0;
}

static void
free_kernel(struct kernel_facts *k)
{
	str_free(&k->config);
	str_free(&k->release);
	str_free(&k->vermagic);
	str_free(&k->localversion);
}

static int
hash_source(struct job *job, const struct source *src, char hex[HASH_HEX], struct err *err)
{
	cleanup_fd int fd = -1;
	struct hash h;

	*hex = '\0';
	if (src->kind == SRC_NONE)
		return 0;
	fd = job_open(job, src, err);
	if (fd < 0)
		return -1;
	if (hash_fd(fd, &h, NULL))
		return err_sys(err, "E0125", "cannot read `%s`", job_source_name(job, src));
	hash_hex(&h, hex);
	return 0;
}

/* The package's file name, which a recipe cannot know: the kernel's release is in it. */
static int
headers_name(struct job *job, const struct source *src, const char **out, struct err *err)
{
	struct source one = *src;
	const struct sources list = {1, &one};
	const struct gather_opts opts = {0};
	const char *found = NULL;
	struct pieces all;
	size_t n = 0;

	*out = NULL;
	if (src->kind == SRC_NONE)
		return 0;
	if (gather(job, &list, &opts, &all, err))
		return -1;
	for (size_t i = 0; i < all.n; i++)
		if (S_ISREG(all.v[i].entry->mode) && !n++)
			found = path_base(all.v[i].path);
	*out = n == 1 ? found : job_source_name(job, src);
	return 0;
}

static const char *
first_line(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strcspn(s, "\n")) : NULL;
}

/* Under the names that the shell pipelines use. Who built, where and when are constants, as in the kernel itself. */
static int
add_known(struct job *job, const struct manifest_params *p, struct json *j, struct err *err)
{
	struct arena *a = job_arena(job);
	struct kernel_facts k = {0};
	char defconfig[HASH_HEX], date[32] = "";
	const char *headers = NULL;
	time_t epoch = job_epoch(job);
	struct tm tm;
	int r = read_kernel(job, p, &k, err);

	if (!r)
		r = hash_source(job, &p->defconfig, defconfig, err);
	if (!r)
		r = headers_name(job, &p->headers, &headers, err);
	if (!r) {
		if (gmtime_r(&epoch, &tm))
			strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &tm);
		field(j, p, "build_time_iso8601", date);
		json_int(j, "source_date_epoch", epoch);
		field(j, p, "host_user", "jkr");
		field(j, p, "host_uname", "jkr");
		field(j, p, "kernel_release", str_text(&k.release));
		field(j, p, "expected_vermagic", str_text(&k.vermagic));
		field(j, p, "localversion", str_text(&k.localversion));
		field(j, p, "cross_compile", p->cross_compile);
		field(j, p, "toolchain_gcc", first_line(a, p->toolchain_gcc));
		field(j, p, "defconfig_sha256", defconfig);
		field(j, p, "config_sha256", k.sha256);
		field(j, p, "git_head", NULL);
		field(j, p, "git_state", NULL);
		field(j, p, "headers_deb", headers);
	}
	free_kernel(&k);
	for (size_t i = 0; i < p->fields.n; i++)
		json_string(j, p->fields.v[i].key, p->fields.v[i].value);
	return r;
}

static int
add_outputs(struct job *job, const struct manifest_params *p, struct json *j, struct err *err)
{
	struct gather_opts opts = {.exclude = &p->exclude};
	struct json *list = json_add_array(j, "outputs");
	struct pieces all;
	char hex[HASH_HEX];

	if (gather(job, &p->outputs, &opts, &all, err))
		return -1;
	for (size_t i = 0; i < all.n; i++) {
		const struct entry *e = all.v[i].entry;
		struct json *f;

		if (!S_ISREG(e->mode))
			continue;
		f = json_add_object(list, NULL);
		json_string(f, "path", all.v[i].path);
		json_string(f, "sha256", hash_hex(&e->digest, hex));
		json_uint(f, "size", e->size);
	}
	return 0;
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct manifest_params *p = arg;
	struct entry e = {.path = p->name, .mode = S_IFREG | 0644};
	const struct lineage *l = job_lineage(job, err);
	cleanup_json struct json *j = json_object();
	cleanup_str struct str text = {0};

	if (!l)
		return -1;
	json_string(j, "format", "jkr-manifest 1");
	json_string(j, "jkr", JKR_VERSION);
	json_string(j, "recipe", l->recipe->name);
	json_string(j, "version", l->recipe->version);
	if (add_known(job, p, j, err))
		return -1;
	lineage_json(l, j);
	if (add_outputs(job, p, j, err))
		return -1;
	json_print(j, true, &text);
	return layer_put(job_layer(job), &e, text.s, text.len, err);
}

const struct prim prim_build_manifest = {
	.name = "build_manifest",
	.doc = "Writes down what a build is made of, as JSON: the recipe and its options, every input, patch, toolchain and step "
	       "before it with its hash, what was skipped, and each file that is delivered. Equal builds give equal bytes, so that "
	       "it can lie in a root file system: the date is the sources' own, the builder a constant. When and where it was "
	       "really built, and how long that took, says `jkr manifest`. `manifest` is the constructor around it.",
	.params = params,
	.size = sizeof(struct manifest_params),
	.version = 2, /* 1: a step as an option was its number */
	.flags = PRIM_EPOCH | PRIM_LINEAGE,
	.example = "build_manifest \"what\" { board, fields = { board = \"orin-nx\" } }\n",
	.run = run,
};
