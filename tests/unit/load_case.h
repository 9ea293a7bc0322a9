/* load_case: a temporary project for tests of load, and its mistakes as one text. */
#pragma once
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "lua/load.h"
#include "lua/places.h"
#include "os/fs.h"
#include "scratch.h"

struct load_case {
	char dir[SCRATCH];
	int fd;
	const char *search[2];
	const char *plugins[2];
	struct recipe r;
	struct err err;
	int status;
	char *text; /* mistakes as printed */
};

static inline void
case_file(struct load_case *c, const char *path, const char *text)
{
	if (fs_replace(c->fd, path, text, strlen(text), 0644)) {
		int fd = fs_create(c->fd, path, 0644);

		fs_write(fd, text, strlen(text));
		close(fd);
	}
}

static inline void
case_open(struct load_case *c)
{
	memset(c, 0, sizeof *c);
	c->fd = open(scratch_new(c->dir), O_PATH | O_DIRECTORY | O_CLOEXEC);
	c->search[0] = c->dir;
	case_file(c, "jkr.yaml", "");
}

static inline void
case_find(void *r, struct place *at)
{
	const char *text = recipe_source(r, at->file);

	if (text)
		place_find(text, at);
}

/* Loads recipe.lua of the folder with the given text, as if jkr ran there. */
static inline void
case_load(struct load_case *c, const char *text, const struct load_option *options, const char *profile)
{
	struct load_request rq = {.path = "recipe.lua",
				  .profile = profile,
				  .search = c->search,
				  .seconds = 2,
				  .options = options,
				  .memory = 64 << 20};
	struct err_style style = {.source = recipe_source, .find = case_find, .ctx = &c->r};
	size_t n = 0;
	FILE *f;

	while (options && options[rq.noptions].name)
		rq.noptions++;
	if (c->plugins[0])
		rq.plugins = c->plugins;
	if (text)
		case_file(c, "recipe.lua", text);
	if (chdir(c->dir))
		abort();
	c->status = load_recipe(&rq, &c->r, &c->err);
	f = open_memstream(&c->text, &n);
	err_print(&c->err, f, &style);
	fclose(f);
}

static inline void
case_reset(struct load_case *c)
{
	err_free(&c->err);
	recipe_free(&c->r);
	free(c->text);
	c->text = NULL;
}

static inline void
case_close(struct load_case *c)
{
	case_reset(c);
	scratch_drop(c->dir);
	close(c->fd);
}
