/* vermagic: what kernel modules say about themselves, and whether their kernel loads them */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/cli.h"
#include "cli/show.h"
#include "cli/table.h"
#include "data/json.h"
#include "data/modcheck.h"
#include "data/modfiles.h"

static void
print_table(const struct modset *s)
{
	struct table t = {.columns = 6};
	char buf[32];

	TABLE_ROW(&t, "MODULE", "ARCH", "SIGNED", "VERMAGIC", "PATH", "DEPENDS");
	for (size_t i = 0; i < s->n; i++) {
		const struct set_module *m = &s->v[i];

		if (m->known)
			continue;
		if (m->damage)
			TABLE_ROW(&t, "-", "-", "-", "damaged", m->shown, m->damage);
		else
			TABLE_ROW(&t, m->name, elf_machine_name(m->machine, m->is64, buf), m->is_signed ? "yes" : "no",
				  m->vermagic, m->shown, m->depends);
	}
	table_print(&t, stdout, 0);
	table_free(&t);
}

/* Every symbol that does not fit, where the sentences name the first. */
static void
add_symbols(struct json *j, const struct modset *s, const struct set_module *m)
{
	struct json *missing = NULL, *versions = NULL;

	for (size_t i = 0; i < m->nimports; i++) {
		const struct set_import *in = &m->imports[i];
		const struct shared_symbol *y = in->symbol;
		struct json *v;

		if (modset_missing(s, in))
			json_string(missing = missing ? missing : json_add_array(j, "missing"), NULL, y->name);
		if (!y->provider || !in->has_crc || !y->has_crc || in->crc == y->crc)
			continue;
		v = json_add_object(versions = versions ? versions : json_add_array(j, "versions"), NULL);
		json_string(v, "symbol", y->name);
		json_string(v, "provider", y->provider);
		json_int(v, "built_against", in->crc);
		json_int(v, "is", y->crc);
	}
}

static void
add_json(struct json *list, const struct modset *s, const struct set_module *m)
{
	struct json *j = json_add_object(list, NULL);
	char buf[32];

	json_string(j, "path", m->shown);
	json_string(j, "name", m->damage ? "" : m->name);
	json_string(j, "vermagic", m->damage ? "" : m->vermagic);
	json_string(j, "arch", m->damage ? "" : elf_machine_name(m->machine, m->is64, buf));
	json_string(j, "depends", m->damage ? "" : m->depends);
	json_string(j, "compression", m->packing == PACK_NONE ? NULL : packing_name(m->packing));
	json_bool(j, "signed", m->is_signed);
	json_string(j, "damage", m->damage);
	add_symbols(j, s, m);
}

static void
print_json(const struct modset *s)
{
	cleanup_json struct json *list = json_array();
	cleanup_str struct str text = {0};

	for (size_t i = 0; i < s->n; i++)
		if (!s->v[i].known)
			add_json(list, s, &s->v[i]);
	json_print(list, true, &text);
	fputs(text.s, stdout);
}

static void
note(void *ctx, const char *text)
{
	const struct cli *cli = ctx;
	cleanup_str struct str safe = {0};

	str_add_safe(&safe, text, strlen(text));
	if (!cli->quiet)
		fprintf(stderr, "note: %s\n", str_text(&safe));
}

/* The release of all modules, where their paths say one; false: they are of several. */
static bool
one_release(struct modfiles *f, const char *top, const char **release)
{
	const char *of_top = modfiles_release(&f->arena, top);

	*release = of_top;
	for (size_t i = 0; i < f->set.n && !of_top; i++) {
		const char *r =
			f->set.v[i].known
				? NULL
				: modfiles_release(&f->arena, arena_printf(&f->arena, "%s/%s", top, f->set.v[i].shown));

		if (r && *release && strcmp(r, *release))
			return false;
		*release = r ? r : *release;
	}
	return true;
}

/* What is given as KERNEL is read first, so that its keys are known when modules come. A kernel that loads any module
 * asks for no proof, which is to hash all of them. */
static int
take_keys(struct modfiles *f, struct err *err)
{
	struct kernel_files k;

	if (!modfiles_kernel(f, NULL, &k) || !k.config || !config_is(k.config, "MODULE_SIG_FORCE"))
		return 0;
	if (k.image)
		modsign_scan(&f->set.keys, k.image, k.nimage);
	if (!k.certificate)
		return 0;
	return modsign_add(&f->set.keys, k.certificate, k.ncertificate, "certs/signing_key.x509", err);
}

static int
take_symbols(struct cli *cli, struct modfiles *f, const struct kernel_files *k, struct err *err)
{
	if (k->image && !modset_image(&f->set, k->image, k->nimage))
		note(cli, arena_printf(&cli->arena, "what `%s` exports was not found in it", k->image_path));
	if (k->symvers)
		return modset_symvers(&f->set, "Module.symvers", k->symvers, k->nsymvers, err);
	if (!f->set.has_symvers)
		note(cli, "symbols were not compared with the kernel: there is no Module.symvers of it, and no image");
	return 0;
}

/* Of several in what was given that of the modules is meant. */
static bool
choose_kernel(const struct modfiles *f, bool given, const char *release, struct kernel_files *k)
{
	if (!given)
		return (release && modfiles_kernel(f, release, k)) || modfiles_kernel(f, NULL, k);
	return modfiles_given(f) && (modfiles_kernel(f, NULL, k) || (release && modfiles_kernel(f, release, k)));
}

/* The kernel: what was given, else what lies beside the modules, else none. 1: they are of several. */
static int
find_kernel(struct cli *cli, struct modfiles *f, bool given, struct modcheck *c, struct err *err)
{
	struct kernel_files k = {0};
	const char *release;

	if (!one_release(f, cli->argv[0], &release) && !given) {
		note(cli,
		     "the modules are of several kernels, and were not compared: name the folder of one, or a KERNEL");
		return 1;
	}
	if (choose_kernel(f, given, release, &k)) {
		c->release = k.release ? k.release : release;
		c->config = c->release ? k.config : NULL;
		if (take_symbols(cli, f, &k, err))
			return -1;
	} else if (given) {
		err_set(err, "E0709",
			modfiles_given(f) > 1
				? "`%s` tells of several kernels, and the modules do not say which is theirs"
				: "`%s` says nothing of a kernel",
			cli->argv[1]);
		return err_help(
			err,
			"give headers, a build folder or a package with .config, Module.symvers or an image in it");
	}
	modset_settle(&f->set);
	c->arch = c->config ? vermagic_arch_of(c->config) : (struct vermagic_arch){0};
	return 0;
}

static enum status
show(struct cli *cli, const struct modset *s, struct err *err)
{
	size_t n = 0, damaged = 0;

	for (size_t i = 0; i < s->n; i++) {
		n += !s->v[i].known;
		damaged += !s->v[i].known && s->v[i].damage;
	}
	if (!n)
		err_set(err, "E0708", "there are no modules below `%s`", cli->argv[0]);
	else if (wants_json(cli))
		print_json(s);
	else
		print_table(s);
	if (damaged)
		err_set(err, "E0702", "%zu of %zu modules below `%s` %s damaged or no modules", damaged, n,
			cli->argv[0], damaged == 1 ? "is" : "are");
	return err_any(err) ? err_status(err) : ST_OK;
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct modfiles f = {.set = {.with_symbols = true}};
	struct modcheck c = {.symbols = true, .note = note, .ctx = cli};
	bool given = cli->argc > 1;
	enum status st = ST_OK;
	int found = 0;

	if ((given && (modfiles_read(&f, cli->argv[1], true, err) || take_keys(&f, err))) ||
	    modfiles_read(&f, cli->argv[0], false, err))
		st = strcmp(err->head->code, "E0708") ? err_status(err) : ST_USAGE; /* there is no such file */
	else if ((found = find_kernel(cli, &f, given, &c, err)) < 0)
		st = err_status(err);
	else
		st = show(cli, &f.set, err);
	if (f.links)
		note(cli,
		     arena_printf(&cli->arena, "%zu module%s not read: %s to others", f.links,
				  f.links == 1 ? " was" : "s were", f.links == 1 ? "it is a link" : "they are links"));
	if (st == ST_OK && !found && modcheck_run(&c, &f.set, err))
		st = err_status(err);
	modfiles_free(&f);
	return st;
}

const struct command cmd_vermagic = {
	.name = "vermagic",
	.usage = "WHAT [KERNEL]",
	.doc = "List the kernel modules in a folder, package, archive or file, and check that their kernel would load them: vermagic, "
	       "architecture, signatures, and every symbol with its CRC. KERNEL is what says which kernel that is: headers, a build folder, a "
	       "package, an image; whose signatures they are is proved with its keys. Without it, what lies beside the modules counts "
	       "(boot/config-*, boot/vmlinuz-*, headers), and where nothing does, the modules are compared with each other.",
	.options = "format",
	.min_args = 1,
	.max_args = 2,
	.run = run,
};
