#include "run/mounted.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "run/job_impl.h"

struct shown {
	struct shown *next;
	struct hash layer;
	bool asked, marked, good;
};

/* In the folder of the run. */
static const char *
note_path(const struct job *job, const struct hash *layer, char path[256])
{
	char hex[HASH_HEX];

	snprintf(path, 256, "../%.63s/asked-%s", job->run_tmp, hash_hex(layer, hex));
	return path;
}

void
mounted_add(struct job *job, const struct hash *layer)
{
	char path[256];
	struct shown *s;

	for (s = job->shown; s; s = s->next)
		if (!hash_cmp(&s->layer, layer))
			return;
	if (!faccessat(job->tmpfd, note_path(job, layer, path), F_OK, 0))
		return;
	s = arena_new(&job->arena, struct shown);
	*s = (struct shown){.next = job->shown, .layer = *layer};
	job->shown = s;
}

static void *
ask(void *arg)
{
	struct job *job = arg;

	for (struct shown *s = job->shown; s; s = s->next)
		if (!s->asked) {
			s->marked = store_layer_marked(job->store, &s->layer);
			s->asked = true;
		}
	return NULL;
}

void
mounted_begin(struct mounted *m, struct job *job)
{
	sigset_t all, old;

	*m = (struct mounted){.job = job};
	if (!job->shown || job->shown->asked)
		return;
	sigfillset(&all); /* signals are the main thread's */
	pthread_sigmask(SIG_SETMASK, &all, &old);
	m->threaded = !pthread_create(&m->thread, NULL, ask, job);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* Other marks may be those of a copied store: then its bytes tell. */
static int
prove(struct job *job, struct shown *s, struct err *err)
{
	struct err damage = {0};
	cleanup_fd int note = -1;
	char path[256];

	if (s->good)
		return 0;
	if (!s->marked && store_layer_prove(job->store, &s->layer, &damage)) {
		err_free(err);
		err_move(err, &damage);
		return -1;
	}
	s->good = true;
	/* without the note another step asks again */
	note = openat(job->tmpfd, note_path(job, &s->layer, path), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	return 0;
}

int
mounted_end(struct mounted *m, bool stopped, struct err *err)
{
	struct job *job = m->job;

	if (m->threaded)
		pthread_join(m->thread, NULL);
	m->threaded = false;
	if (stopped)
		return 0;
	ask(job);
	for (struct shown *s = job->shown; s; s = s->next)
		if (prove(job, s, err))
			return -1;
	return 0;
}
