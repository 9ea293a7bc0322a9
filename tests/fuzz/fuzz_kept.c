/* A kept plan, as a store may hold it that is not ours: its sections under a seal that is right. What is taken of it is
 * shown as a plan and as results.
 *
 * A byte (bit 0: the rest is all sections as they stand; 1: the proof is among them; 2: JSON), the eight bytes of the
 * head that are strings, then, with cuts between them: steps, order, inputs, results, looks, strings, proof. The
 * strings lie behind the path of a folder, the only one that looks can reach: they hold no slash and no dot. */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/seal.h"
#include "cli/kept_own.h"
#include "cli/show.h"
#include "os/fs.h"

enum { RAW = 1, OWN_PROOF = 2, JSON = 4 };

static char folder[96], recipe[112], place[112];

static void
make_project(void)
{
	cleanup_fd int dir = -1;

	if (*folder)
		return;
	snprintf(folder, sizeof folder, "%s/p", fuzz_folder());
	snprintf(recipe, sizeof recipe, "%s/r.lua", folder);
	snprintf(place, sizeof place, "%s/s", fuzz_folder());
	FUZZ_CHECK(!mkdir(folder, 0755));
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	FUZZ_CHECK(dir >= 0 && !fs_replace_soon(dir, "jkr.yaml", "", 0, 0644));
	FUZZ_CHECK(!fs_replace_soon(dir, "r.lua", "x", 1, 0644) && !fs_replace_soon(dir, "a", "y", 1, 0644));
	FUZZ_CHECK(!fs_mkdirs(dir, "b/c"));
}

static struct store *
open_store(bool create)
{
	struct err err = {0};
	struct store *st = store_open(place, create, &err);

	FUZZ_CHECK(st);
	return st;
}

static void
add_section(struct str *out, const void *p, size_t n)
{
	static const char zeros[8];
	uint64_t len = n;

	str_addn(out, &len, sizeof len);
	if (n)
		str_addn(out, p, n);
	str_addn(out, zeros, -n & 7);
}

static void
add_sections(struct session *s, struct fuzz_input *in, unsigned flags, struct str *out)
{
	struct kept_head head = {.build = s->kept->build, .name = s->kept->name, .lock = kept_lock(&s->lock)};
	cleanup_str struct str strings = {0}, proof = {0};
	void *part[7];
	size_t n[7];

	if (in->n >= 8)
		memcpy(&head.recipe, in->p, 8);
	in->p += in->n < 8 ? in->n : 8;
	in->n -= in->n < 8 ? in->n : 8;
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		part[i] = fuzz_bytes(in, &n[i]);
	FUZZ_CHECK(store_prove(s->store, NULL, 0, 0, &proof));
	str_addn(&strings, folder, strlen(folder) + 1);
	str_addn(&strings, part[5], n[5]);
	for (size_t i = strlen(folder); i < strings.len; i++)
		strings.s[i] = strings.s[i] == '/' || strings.s[i] == '.' ? 'x' : strings.s[i];
	str_addn(&strings, "", 1);
	add_section(out, &head, sizeof head);
	if (flags & OWN_PROOF)
		add_section(out, part[6], n[6]);
	else
		add_section(out, proof.s, proof.len);
	for (size_t i = 0; i < 5; i++)
		add_section(out, part[i], n[i]);
	add_section(out, strings.s, strings.len);
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		free(part[i]);
}

static void
show(struct session *s)
{
	struct err err = {0};
	struct artifact *v;
	char *text = NULL;
	size_t n = 0, len;
	FILE *f = open_memstream(&text, &len);

	show_plan(s, f);
	if (!artifacts_collect(s, NULL, &v, &n, &err))
		show_artifacts(s, v, n, 1, f);
	fclose(f);
	free(text);
	fuzz_mistakes(&err, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct cli cli = {.argc = 1};
	struct kept kept = {0};
	struct session s = {.cli = &cli, .project = -1, .in_use = -1, .request = {.path = recipe}, .kept = &kept};
	unsigned flags = fuzz_byte(&in);

	make_project();
	if (access(place, F_OK))
		store_close(open_store(true));
	cli.format = flags & JSON ? "json" : NULL;
	s.recipe = cli.recipe = xcalloc(1, sizeof *s.recipe);
	s.store = open_store(false);
	session_env(&s);
	seal_begin(&s.recipe->bytes, SEEN_PLAN);
	if (flags & RAW)
		str_addn(&s.recipe->bytes, in.p, in.n);
	else
		add_sections(&s, &in, flags, &s.recipe->bytes);
	seal_close(&s.recipe->bytes);
	if (kept_read(&s))
		show(&s);
	session_close(&s);
	session_end(&cli);
	return 0;
}
