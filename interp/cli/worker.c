#include "cli/worker.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/build.h"
#include "cli/session.h"
#include "cli/sharing.h"
#include "data/action_result.h"
#include "model/key.h"
#include "model/parcel.h"
#include "os/fs.h"
#include "run/farm_own.h"
#include "run/logs.h"
#include "run/wire.h"
#include "store/depot.h"

#define CODE "E0330"
#define PARCEL_MAX (64u << 20)

/* The session comes first: planning's questions are asked of it. */
struct work {
	struct session s;
	struct parcel p;
	char tmp[64];
	int tmpfd;
	const char *node;
	bool read; /* `p` says what is to be done */
	struct err *err;
};

/* -- what it says ------------------------------------------------------------------------------------- */
static void
say(const char *mark, const char *text)
{
	cleanup_str struct str b = {0};

	str_add(&b, mark);
	str_add_safe(&b, text, strlen(text));
	str_addc(&b, '\n');
	fwrite(b.s, 1, b.len, stdout);
	fflush(stdout);
}

static void
event(struct reporter *r, const struct event *e)
{
	(void)r;
	if (e->kind == EV_STEP_NOTE || e->kind == EV_RUN_NOTE) {
		say(FARM_NOTE, e->text);
	} else if (e->kind == EV_STEP_OUTPUT) {
		say(FARM_OUTPUT, e->text);
	} else if (e->kind == EV_STEP_PROGRESS) {
		printf(FARM_PROGRESS "%" PRIu64 " %" PRIu64 "\n", e->done, e->total);
		fflush(stdout);
	}
}

static void
end(struct reporter *r)
{
	(void)r;
}

/* -- what planning asks ------------------------------------------------------------------------------- */
static int
env_file(void *session, const struct file_ref *file, struct file_content *out, struct err *err)
{
	const struct parcel *p = &((struct work *)session)->p;

	for (size_t i = 0; i < p->nfiles; i++)
		if (!strcmp(p->files[i].file.root, file->root) && !strcmp(p->files[i].file.rel, file->rel)) {
			*out = p->files[i].content;
			return 0;
		}
	return err_set(err, CODE, "the step names `%s`, which did not come with it", file->shown);
}

static const char *
env_reason(void *ctx, const struct step *step, const char *text, struct arena *a)
{
	(void)ctx, (void)step, (void)text, (void)a;
	return NULL;
}

/* -- what it needs ------------------------------------------------------------------------------------ */
static int
fetch_parcel(struct work *w, const char *name, struct err *err)
{
	cleanup_free char *hex = xstrndup(name, strcspn(name, "/"));
	cleanup_str struct str bytes = {0};
	struct hash digest;
	char *end_of = NULL;
	unsigned long long size = strchr(name, '/') ? strtoull(strchr(name, '/') + 1, &end_of, 10) : 0;
	const char *folder;
	int r;

	if (hash_parse(&digest, hex) || !end_of || *end_of || !size || size > PARCEL_MAX)
		return err_set(err, "E1003", "`jkr worker` takes DIGEST/SIZE, not `%s`", name);
	r = depot_fetch_text(shared_depot(w->s.shared), &digest, size, &bytes, err);
	if (!r)
		err_set(err, "E0332", "the step `%.12s` is not in `%s`", name,
			depot_address(shared_depot(w->s.shared)));
	if (r <= 0)
		return -1;
	folder = arena_printf(&w->s.arena, "%s/tmp/%s/project", store_path(w->s.store), w->tmp);
	r = parcel_read(bytes.s, bytes.len, folder, &w->p, err);
	w->read = !r;
	return r;
}

static int
fetch_input(struct work *w, const struct plan_step *in, struct err *err)
{
	struct result got;
	int r = shared_fetch(w->s.shared, w->s.store, &in->key, err);

	if (r > 0 && store_lookup(w->s.store, &in->key, &got, err) > 0 && !hash_cmp(&got.tree, &in->result.tree))
		return 0;
	if (r < 0 || err_any(err))
		return -1;
	err_set(err, "E0332", "the result of step `%s` is not in the shared cache as it was", in->step->name);
	return -1;
}

static int
fetch_file(struct work *w, const struct parcel_file *f, struct err *err)
{
	cleanup_free char *path = xasprintf("project/%s/%s", path_base(f->file.root), f->file.rel);
	cleanup_free char *folder = xstrndup(path, (size_t)(path_base(path) - path) - 1);
	cleanup_fd int fd = -1;
	int r;

	if (fs_mkdirs(w->tmpfd, folder) < 0 || (fd = openat(w->tmpfd, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
							    f->content.executable ? 0755 : 0644)) < 0)
		return err_sys(err, "E0804", "cannot write the step's file `%s`", f->file.shown);
	r = depot_fetch(shared_depot(w->s.shared), &f->content.hash, f->size, fd, err);
	return r > 0 ? 0 : r < 0 ? -1 : err_set(err, "E0332", "`%s` is not in the shared cache", f->file.shown);
}

static int
fetch_all(struct work *w, struct err *err)
{
	for (size_t i = 0; i + 1 < w->p.recipe.nsteps; i++)
		if (w->p.plan.v[i].state == PLAN_CACHED && fetch_input(w, &w->p.plan.v[i], err))
			return -1;
	for (size_t i = 0; i < w->p.nfiles; i++)
		if (fetch_file(w, &w->p.files[i], err))
			return -1;
	return 0;
}

/* A step that gives another key here is another step: an older program, a changed file. */
static int
check_key(struct work *w, struct plan_step *ps, struct err *err)
{
	cleanup_str struct str text = {0};

	if (key_text(&w->p.plan, ps, &w->s.env, &text, err))
		return -1;
	ps->key = hash_of(text.s, text.len);
	ps->key_text = arena_strndup(&w->p.plan.arena, text.s, text.len);
	ps->has_key = true;
	if (!hash_cmp(&ps->key, &w->p.key))
		return 0;
	err_set(err, CODE, "step `%s` has another key here than where it comes from", ps->step->name);
	return err_help(err, "both need the same build of jkr");
}

/* -- the step ----------------------------------------------------------------------------------------- */
static int
run_step(struct work *w, struct err *err)
{
	static struct reporter reporter = {.event = event, .free = end};
	struct run_options opt = build_options(&w->s);
	int interrupted = 0;

	opt.reporter = &reporter;
	opt.again = w->p.wish.again; /* of the run that asked: the record names it */
	opt.shared = NULL;
	opt.give = false;
	opt.jobs = w->p.wish.cpus ? (int)w->p.wish.cpus : opt.jobs;
	if (run_plan(&w->p.plan, w->s.store, &w->s.env, &opt, &interrupted, err))
		return -1;
	return interrupted ? -1 : 0;
}

static int
work(struct work *w, const char *name, struct err *err)
{
	struct plan_step *ps;
	struct hash other;
	struct result got;

	if (fetch_parcel(w, name, err))
		return -1;
	ps = &w->p.plan.v[w->p.recipe.nsteps - 1];
	if (store_lookup(w->s.store, &w->p.key, &got, err) <= 0 &&
	    (err_any(err) || fetch_all(w, err) || check_key(w, ps, err) || run_step(w, err)))
		return -1;
	return shared_send(w->s.shared, w->s.store, &w->p.key, &other, err) < 0 ? -1 : 0;
}

/* -- failure ------------------------------------------------------------------------------------------ */
static void
send_log(struct work *w, struct action_result *ar)
{
	const struct plan_step *ps = &w->p.plan.v[w->p.recipe.nsteps - 1];
	const char *name = log_last(w->s.store, w->p.recipe.name, ps->step->name, &w->s.arena);
	cleanup_fd int fd = name ? log_open(w->s.store, name) : -1;
	struct err unsaid = {0};
	uint64_t size;

	if (fd >= 0 && depot_put(shared_depot(w->s.shared), fd, &ar->stdout_digest, &size, &unsaid) >= 0) {
		ar->has_stdout = true;
		ar->stdout_size = size;
	}
	err_free(&unsaid);
}

/* The way to the log on this machine says nothing to who asked for the step. */
static void
drop_paths(struct err *err)
{
	for (struct diag *d = err->head; d; d = d->next)
		for (unsigned i = 0; i < d->nhelp;) {
			if (!str_starts(d->help[i], "the whole log: ")) {
				i++;
				continue;
			}
			free(d->help[i]);
			d->nhelp--;
			memmove(&d->help[i], &d->help[i + 1], (d->nhelp - i) * sizeof *d->help);
		}
}

static void
send_failure(struct work *w, struct err *err)
{
	const struct hash name = parcel_failure(&w->p.key, w->p.wish.attempt);
	struct action_result ar = {.exit_code = 1, .nfiles = 1, .worker = w->node};
	struct action_file why = {.path = FARM_WHY};
	cleanup_str struct str text = {0}, bytes = {0};
	struct err unsaid = {0};

	drop_paths(err);
	wire_pack_err(err, &text);
	why.contents = text.s;
	why.size = text.len;
	why.digest = hash_of(text.s, text.len);
	ar.files = &why;
	send_log(w, &ar);
	action_result_write(&ar, &bytes);
	depot_put_result(shared_depot(w->s.shared), &name, &bytes, &unsaid);
	err_free(&unsaid);
}

/* -- beginning ---------------------------------------------------------------------------------------- */
static const char *
node_name(struct arena *a)
{
	const char *slurm = getenv("SLURMD_NODENAME");
	struct utsname u;

	return slurm && *slurm ? slurm : uname(&u) ? "" : arena_strdup(a, u.nodename);
}

static int
begin(struct work *w, struct cli *cli, struct err *err)
{
	struct session *s = &w->s;

	/* srun --export=NONE leaves none, and programs are looked for there */
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 0);
	s->cli = cli;
	s->project = s->in_use = w->tmpfd = -1;
	w->node = node_name(&s->arena);
	say(FARM_NODE, w->node);
	s->store = store_open(cli->store, true, err);
	if (!s->store)
		return -1;
	s->in_use = store_lock(s->store, false, true, err);
	if (s->in_use < 0 || sharing_begin(s, err))
		return -1;
	if (!s->shared)
		return err_set(err, "E1003", "`jkr worker` needs `--cache`");
	session_env(s);
	s->env.file = env_file;
	s->env.reason = env_reason;
	s->recipe = &w->p.recipe;
	w->tmpfd = store_tmp(s->store, w->tmp, err);
	return w->tmpfd < 0 ? -1 : 0;
}

int
worker_run(struct cli *cli, const char *name, struct err *err)
{
	struct work w = {.tmpfd = -1};
	int r = begin(&w, cli, err) || work(&w, name, err) ? -1 : 0;

	if (r && w.read && err_any(err))
		send_failure(&w, err);
	cleanup_fdp(&w.tmpfd);
	if (*w.tmp)
		store_discard(w.s.store, w.tmp);
	parcel_free(&w.p);
	w.s.recipe = NULL;
	session_close(&w.s);
	return r;
}
