/* vermagic: what the kernel modules below a folder say about themselves, and whether a kernel loads them */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/cli.h"
#include "cli/show.h"
#include "cli/table.h"
#include "data/json.h"
#include "data/modcheck.h"
#include "data/modscan.h"
#include "os/fs.h"

#define MAX_CONFIG ((size_t)8 << 20)
#define MAX_SYMVERS ((size_t)64 << 20)

static void
print_table(const struct modscan *s)
{
	struct table t = {.columns = 6};

	TABLE_ROW(&t, "MODULE", "ARCH", "SIGNED", "VERMAGIC", "PATH", "DEPENDS");
	for (size_t i = 0; i < s->n; i++) {
		const struct modscan_row *r = &s->v[i];

		if (r->damage)
			TABLE_ROW(&t, "-", "-", "-", "damaged", r->path, r->damage);
		else
			TABLE_ROW(&t, r->name, r->arch, r->is_signed ? "yes" : "no", r->vermagic, r->path, r->depends);
	}
	table_print(&t, stdout, 0);
	table_free(&t);
}

static void
print_json(const struct modscan *s)
{
	cleanup_json struct json *list = json_array();
	cleanup_str struct str text = {0};

	for (size_t i = 0; i < s->n; i++) {
		const struct modscan_row *r = &s->v[i];
		struct json *j = json_add_object(list, NULL);

		json_string(j, "path", r->path);
		json_string(j, "name", r->name);
		json_string(j, "vermagic", r->vermagic);
		json_string(j, "arch", r->arch);
		json_string(j, "depends", r->depends);
		json_string(j, "compression", *r->packing ? r->packing : NULL);
		json_bool(j, "signed", r->is_signed);
		json_string(j, "damage", r->damage);
	}
	json_print(list, true, &text);
	fputs(text.s, stdout);
}

struct loading {
	struct modset *set;
	struct err *err;
};

static int
add_module(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	struct loading *l = ctx;
	cleanup_fd int fd = -1;

	if (!S_ISREG(st->st_mode) || !module_file_name(name))
		return 0;
	fd = fs_open_nofollow(at, name, O_RDONLY);
	if (fd < 0)
		return err_sys(l->err, "E0702", "cannot open `%s`", path);
	return modset_add_fd(l->set, path, (struct place){0}, fd, l->err);
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

/* The kernel as a folder with its .config, release and Module.symvers: headers, or an O= folder. */
static int
check_against(struct cli *cli, int dir, const char *kernel, struct err *err)
{
	cleanup_str struct str config = {0}, release = {0}, symvers = {0};
	struct modset set = {0};
	struct loading l = {&set, err};
	struct modcheck k = {.note = note, .ctx = cli};
	cleanup_fd int from = open(kernel, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (from < 0)
		return err_sys(err, "E0709", "cannot open the folder `%s`", kernel);
	if (fs_read_file(from, ".config", &config, MAX_CONFIG))
		return err_sys(err, "E0709", "cannot read `%s/.config`", kernel);
	if (fs_read_file(from, "include/generated/utsrelease.h", &release, MAX_CONFIG) &&
	    fs_read_file(from, "include/config/kernel.release", &release, MAX_CONFIG))
		return err_sys(err, "E0709", "cannot read `%s/include/config/kernel.release`", kernel);
	vermagic_release(&release);
	set.with_symbols = k.symbols = !fs_read_file(from, "Module.symvers", &symvers, MAX_SYMVERS);
	k.release = str_text(&release);
	k.config = str_text(&config);
	k.arch = vermagic_arch_of(k.config);
	if (!k.symbols)
		note(cli, "symbols were not compared: the kernel's folder has no Module.symvers");
	r = k.symbols ? modset_symvers(&set, "Module.symvers", symvers.s, symvers.len, err) : 0;
	if (!r)
		r = fs_walk(dir, add_module, &l);
	if (!r)
		r = modcheck_run(&k, &set, err);
	modset_free(&set);
	return r;
}

static enum status
scan(struct cli *cli, int dir, struct err *err)
{
	struct modscan s = {0};
	enum status st = ST_OK;

	if (modscan(dir, &s, err))
		st = ST_STEP;
	else if (!s.n)
		err_set(err, "E0708", "there are no modules below `%s`", cli->argv[0]);
	else if (wants_json(cli))
		print_json(&s);
	else
		print_table(&s);
	if (s.damaged)
		err_set(err, "E0702", "%zu of %zu modules below `%s` %s damaged or no modules", s.damaged, s.n,
			cli->argv[0], s.damaged == 1 ? "is" : "are");
	modscan_free(&s);
	return err_any(err) ? err_status(err) : st;
}

static enum status
run(struct cli *cli, struct err *err)
{
	cleanup_fd int dir = open(cli->argv[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum status st;

	if (dir < 0) {
		err_sys(err, "E0708", "cannot open the folder `%s`", cli->argv[0]);
		return ST_USAGE;
	}
	st = scan(cli, dir, err);
	if (st == ST_OK && cli->argc > 1 && check_against(cli, dir, cli->argv[1], err))
		st = err_status(err);
	return st;
}

const struct command cmd_vermagic = {
	.name = "vermagic",
	.usage = "DIR [KERNEL]",
	.doc = "List the kernel modules below a folder. With KERNEL, a kernel's headers or build folder, check that it would load "
	       "them: vermagic, architecture, signatures, and every symbol where it has a Module.symvers.",
	.options = "format",
	.min_args = 1,
	.max_args = 2,
	.run = run,
};
