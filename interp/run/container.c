#include "run/container.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "os/proc.h"
#include "run/args.h"
#include "run/job_impl.h"

int
container_quiet(const char *const *argv)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct proc_spec spec = {.argv = argv, .dir = -1, .in = -1, .out = null, .errfd = null};
	struct err err = {0};
	struct proc p;
	int r = proc_start(&spec, &p, &err) ? -1 : proc_wait(&p);

	close(null);
	err_free(&err);
	return r;
}

/* Field 22 of /proc/PID/stat: when the process began; 0 when that cannot be told. */
static unsigned long long
start_time(long pid)
{
	char path[64], buf[1024], *p;
	unsigned long long t = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	buf[fread(buf, 1, sizeof buf - 1, f)] = 0;
	fclose(f);
	p = strrchr(buf, ')');
	for (int field = 2; p && field < 22; field++) {
		p = strchr(p, ' ');
		p = p ? p + 1 : NULL;
	}
	return p && sscanf(p, "%llu", &t) == 1 ? t : 0;
}

/* Which pids these are: those of another namespace say nothing about what runs there. */
static unsigned long
pid_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) ? 0 : (unsigned long)st.st_ino;
}

const char *
container_run_id(char buf[CONTAINER_ID])
{
	snprintf(buf, CONTAINER_ID, "%d-%llu-%lu", (int)getpid(), start_time(getpid()), pid_namespace());
	return buf;
}

bool
container_run_gone(const char *run)
{
	long pid;
	unsigned long long t, now;
	unsigned long ns;

	if (sscanf(run, "%ld-%llu-%lu", &pid, &t, &ns) != 3 || ns != pid_namespace())
		return false;
	now = start_time(pid);
	/* what cannot be read may be there: out of descriptors or memory, or hidden from us */
	return now && t ? now != t : kill((pid_t)pid, 0) && errno == ESRCH;
}

/* What an engine keeps of us, each with the words that list it and those that remove one. */
static const struct kept {
	const char *list[4], *shown, *remove[4];
} kept[] = {
	{{"ps", "-a"}, "{{.ID}} {{.Label \"" CONTAINER_LABEL "\"}}", {"rm", "-f", "-v"}},
	/* of a container that was never made whole */
	{{"volume", "ls"}, "{{.Name}} {{.Label \"" CONTAINER_LABEL "\"}}", {"volume", "rm"}},
};

static void
remove_one(const char *client, const struct kept *k, const char *id)
{
	struct args a = {0};

	args_add(&a, client);
	args_all(&a, k->remove);
	args_add(&a, id);
	container_quiet(a.v);
	free(a.v);
}

/* Removes what is listed; the number of those that were there. */
static unsigned
sweep(const char *client, const char *run, const struct kept *k)
{
	cleanup_free char *label = xasprintf("label=" CONTAINER_LABEL "%s%s", run ? "=" : "", run ? run : "");
	cleanup_fd int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct proc_spec spec = {.dir = -1, .in = -1, .out = -1, .errfd = null};
	cleanup_str struct str out = {0};
	struct args a = {0};
	struct err err = {0};
	char *save = NULL;
	unsigned n = 0;

	args_add(&a, client);
	args_all(&a, k->list);
	args_add3(&a, "--filter", label, "--format");
	args_add(&a, k->shown);
	spec.argv = a.v;
	if (!proc_capture(&spec, &out, 1 << 20, &err) && out.len)
		for (char *l = strtok_r(out.s, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
			char *of = strchr(l, ' ');

			if (of)
				*of++ = 0;
			if (!run && !(of && container_run_gone(of)))
				continue;
			remove_one(client, k, l);
			n++;
		}
	free(a.v);
	err_free(&err);
	return n;
}

/* One that is being removed already stays in the list until it is. */
void
container_sweep(const char *client, const char *run)
{
	const struct timespec pause = {0, 100 * 1000000L};

	for (size_t k = 0; k < ARRAY_LEN(kept); k++)
		for (int i = 0; sweep(client, run, &kept[k]) && i < 50; i++)
			nanosleep(&pause, NULL);
}

/* tar of the merged tree, owners 0, into `client import`. */
static int
import(struct job *job, const char *client, const char *name, int dir, struct err *err)
{
	const char *const tar[] = {"tar", "-c", "--owner=0", "--group=0", "--numeric-owner", "--sort=name", ".", NULL};
	const char *const load[] = {client, "import", "--change", "LABEL jkr.image=1", "-", name, NULL};
	struct proc_spec from = {.argv = tar, .dir = dir, .in = -1, .errfd = job_log(job)};
	struct proc_spec to = {.argv = load, .dir = -1, .out = job_log(job), .errfd = job_log(job)};
	struct proc a, b;
	int p[2], ra, rb;

	if (pipe2(p, O_CLOEXEC))
		return err_sys(err, "E1142", "cannot make a pipe");
	from.out = p[1];
	to.in = p[0];
	ra = proc_start(&from, &a, err);
	close(p[1]);
	rb = ra ? -1 : proc_start(&to, &b, err);
	close(p[0]);
	if (!ra)
		ra = proc_wait(&a);
	if (!rb)
		rb = proc_wait(&b);
	if (!ra && !rb)
		return 0;
	if (!err_any(err))
		err_set(err, "E0311", "%s cannot import the image", client);
	job_explain_log(job, err);
	return -1;
}

static bool
has_image(const char *client, const char *name)
{
	const char *const argv[] = {client, "image", "inspect", name, NULL};

	return !container_quiet(argv);
}

/* Steps that need one image at the same time import it once. */
static int
import_once(struct job *job, const char *client, const char *name, const struct tree *image, struct err *err)
{
	cleanup_free char *lock = xasprintf("tmp/%s/import", job->run_tmp);
	const char *sub = arena_printf(&job->arena, "image%u", job->serial++);
	cleanup_fd int held = openat(store_fd(job->store), lock, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	cleanup_fd int dir = -1;

	if (held < 0 || flock(held, LOCK_EX))
		return err_sys(err, "E0804", "cannot wait for the import of the image");
	if (has_image(client, name))
		return 0;
	job_note(job, "importing the image into %s", client);
	dir = job_subdir(job, sub, err);
	return dir < 0 || store_export(job->store, image, "", dir, err) || import(job, client, name, dir, err) ? -1 : 0;
}

const char *
container_image(struct job *job, const char *client, const struct tree *image, struct err *err)
{
	char hex[HASH_HEX];
	const char *name;

	if (!image) {
		err_set(err, "E0311", "%s needs an image", client);
		return NULL;
	}
	name = arena_printf(&job->arena, "jkr:%.32s", hash_hex(&image->id, hex));
	if (!has_image(client, name) && import_once(job, client, name, image, err))
		return NULL;
	return name;
}
