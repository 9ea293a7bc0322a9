#include "model/recipe.h"

#include <stdlib.h>
#include <string.h>

#include "model/matrix.h"

void
recipe_free(struct recipe *r)
{
	map_free(&r->sources);
	free(r->texts);
	r->texts = NULL;
	r->ntexts = r->captexts = 0;
	str_free(&r->bytes);
	map_free(&r->by_name);
	for (size_t i = 0; i < r->nmembers; i++) {
		recipe_free(r->members[i].recipe);
		free(r->members[i].recipe);
	}
	r->nmembers = 0;
	arena_free(&r->arena);
}

const struct step *
recipe_step(const struct recipe *r, const char *name)
{
	return map_get(&r->by_name, name);
}

const char *
recipe_source(void *recipe, const char *file)
{
	struct recipe *r = recipe;

	return map_get(&r->sources, file);
}
