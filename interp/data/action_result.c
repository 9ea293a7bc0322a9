#include "data/action_result.h"

#include <string.h>

#include <action_result.pb-c.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

static int
none(struct err *err, const char *what)
{
	return err_set(err, "E0814", "it is no result of a step: %s", what);
}

/* -- writing ---------------------------------------------------------------------------------------------- */
static Reapi__Digest *
digest_of(struct arena *a, const struct hash *h, uint64_t size)
{
	Reapi__Digest *d = arena_new(a, Reapi__Digest);
	char hex[HASH_HEX];

	reapi__digest__init(d);
	d->hash = arena_strdup(a, hash_hex(h, hex));
	d->size_bytes = (int64_t)size;
	return d;
}

static Reapi__OutputFile *
file_of(struct arena *a, const struct action_file *f)
{
	Reapi__OutputFile *m = arena_new(a, Reapi__OutputFile);

	reapi__output_file__init(m);
	m->path = (char *)f->path;
	m->digest = digest_of(a, &f->digest, f->size);
	m->is_executable = f->executable;
	if (f->contents) {
		m->contents.data = (uint8_t *)f->contents;
		m->contents.len = f->size;
	}
	return m;
}

static Reapi__OutputSymlink *
link_of(struct arena *a, const struct action_link *l)
{
	Reapi__OutputSymlink *m = arena_new(a, Reapi__OutputSymlink);

	reapi__output_symlink__init(m);
	m->path = (char *)l->path;
	m->target = (char *)l->target;
	return m;
}

void
action_result_write(const struct action_result *r, struct str *out)
{
	cleanup_arena struct arena a = {0};
	Reapi__ActionResult m = REAPI__ACTION_RESULT__INIT;
	Reapi__ExecutedActionMetadata meta = REAPI__EXECUTED_ACTION_METADATA__INIT;

	m.n_output_files = r->nfiles;
	m.output_files = arena_array(&a, Reapi__OutputFile *, r->nfiles + 1);
	for (size_t i = 0; i < r->nfiles; i++)
		m.output_files[i] = file_of(&a, &r->files[i]);
	m.n_output_symlinks = r->nlinks;
	m.output_symlinks = arena_array(&a, Reapi__OutputSymlink *, r->nlinks + 1);
	for (size_t i = 0; i < r->nlinks; i++)
		m.output_symlinks[i] = link_of(&a, &r->links[i]);
	m.exit_code = r->exit_code;
	if (r->has_stdout)
		m.stdout_digest = digest_of(&a, &r->stdout_digest, r->stdout_size);
	meta.worker = (char *)(r->worker ? r->worker : "");
	m.execution_metadata = &meta;
	out->len +=
		reapi__action_result__pack(&m, (uint8_t *)str_room(out, reapi__action_result__get_packed_size(&m) + 1));
	out->s[out->len] = '\0';
}

/* -- reading ---------------------------------------------------------------------------------------------- */
/* The library asks for many small pieces, and for none that is longer than what it reads. */
static void *
piece(void *ctx, size_t size)
{
	return arena_alloc(ctx, size);
}

static void
no_free(void *ctx, void *p)
{
	(void)ctx;
	(void)p;
}

static bool
take_digest(const Reapi__Digest *d, struct hash *h, uint64_t *size)
{
	if (!d || d->size_bytes < 0 || hash_parse(h, d->hash))
		return false;
	*size = (uint64_t)d->size_bytes;
	return true;
}

static int
take_file(const Reapi__OutputFile *m, struct action_file *f, struct err *err)
{
	f->path = m->path;
	f->executable = m->is_executable;
	if (!*m->path)
		return none(err, "a file has no name");
	if (!take_digest(m->digest, &f->digest, &f->size))
		return none(err, "a file has no digest of SHA-256");
	if (!m->contents.len)
		return 0;
	if (m->contents.len != f->size)
		return none(err, "the contents of a file have another size than its digest says");
	f->contents = m->contents.data;
	return 0;
}

static int
take(const Reapi__ActionResult *m, struct arena *a, struct action_result *out, struct err *err)
{
	struct action_file *files = arena_array(a, struct action_file, m->n_output_files + 1);
	struct action_link *links = arena_array(a, struct action_link, m->n_output_symlinks + 1);

	for (size_t i = 0; i < m->n_output_files; i++)
		if (take_file(m->output_files[i], &files[i], err))
			return -1;
	for (size_t i = 0; i < m->n_output_symlinks; i++)
		links[i] = (struct action_link){m->output_symlinks[i]->path, m->output_symlinks[i]->target};
	*out = (struct action_result){.files = files,
				      .nfiles = m->n_output_files,
				      .links = links,
				      .nlinks = m->n_output_symlinks,
				      .exit_code = m->exit_code,
				      .has_stdout = m->stdout_digest != NULL,
				      .worker = m->execution_metadata ? m->execution_metadata->worker : ""};
	if (m->stdout_digest && !take_digest(m->stdout_digest, &out->stdout_digest, &out->stdout_size))
		return none(err, "its output has no digest of SHA-256");
	return 0;
}

int
action_result_read(const void *p, size_t n, struct arena *a, struct action_result *out, struct err *err)
{
	ProtobufCAllocator alloc = {piece, no_free, a};
	Reapi__ActionResult *m;

	memset(out, 0, sizeof *out);
	if (n > ACTION_RESULT_MAX)
		return none(err, "it is too long");
	m = reapi__action_result__unpack(&alloc, n, p);
	return m ? take(m, a, out, err) : none(err, "its bytes are no ActionResult");
}

const struct action_file *
action_result_find(const struct action_result *r, const char *path)
{
	for (size_t i = 0; i < r->nfiles; i++)
		if (!strcmp(r->files[i].path, path))
			return &r->files[i];
	return NULL;
}
