#include "run/mounted.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "os/thread.h"
#include "run/job_impl.h"

struct shown {
	struct shown *next;
	struct hash layer;
	bool good, noted;
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

/* Other marks may be those of a copied store: then its bytes tell. */
static void *
ask(void *arg)
{
	struct mounted *m = arg;
	struct job *job = m->job;

	for (struct shown *s = job->shown; s && !m->damaged; s = s->next) {
		s->good = s->good || store_layer_marked(job->store, &s->layer) ||
			  !store_layer_prove(job->store, &s->layer, &m->err);
		m->damaged = !s->good;
	}
	if (m->damaged && m->found >= 0)
		eventfd_write(m->found, 1);
	return NULL;
}

/* The program goes first: it is waited for, the answer only when it has ended. */
static void *
ask_beside(void *arg)
{
	thread_stand_back();
	return ask(arg);
}

static bool
any_unasked(const struct job *job)
{
	for (const struct shown *s = job->shown; s; s = s->next)
		if (!s->good)
			return true;
	return false;
}

void
mounted_begin(struct mounted *m, struct job *job)
{
	*m = (struct mounted){.job = job, .found = -1};
	if (!any_unasked(job))
		return;
	m->found = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	m->threaded = m->found >= 0 && thread_start(&m->thread, ask_beside, m);
}

/* Without the note another step asks again. */
static void
note_good(struct job *job)
{
	for (struct shown *s = job->shown; s; s = s->next) {
		cleanup_fd int note = -1;
		char path[256];

		if (!s->good || s->noted)
			continue;
		note = openat(job->tmpfd, note_path(job, &s->layer, path), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
			      0644);
		s->noted = true;
	}
}

int
mounted_end(struct mounted *m, bool stopped, struct err *err)
{
	if (m->threaded)
		pthread_join(m->thread, NULL);
	else if (!stopped)
		ask(m);
	m->threaded = false;
	cleanup_fdp(&m->found);
	m->found = -1;
	note_good(m->job);
	if (!m->damaged)
		return 0;
	err_free(err);
	err_move(err, &m->err);
	return -1;
}
