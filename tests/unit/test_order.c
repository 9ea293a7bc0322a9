/* What begins next: the longest way first, ties as written; who lost an input stops; who met a lock tries again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "run/run_impl.h"

#define MAX 8

struct told {
	struct reporter reporter;
	char stopped[MAX + 1]; /* first letters of names, as told */
};

struct graph {
	struct told told;
	struct recipe recipe;
	struct step steps[MAX];
	uint32_t inputs[MAX][MAX], order[MAX];
	struct plan_step v[MAX];
	struct plan plan;
	struct runner r;
};

static void
hear(struct reporter *r, const struct event *e)
{
	struct told *t = (struct told *)r;

	if (e->kind == EV_STEP_STOPPED)
		strncat(t->stopped, e->step->step->name, 1);
}

/* A step of so many seconds, behind those whose letters are `inputs`. */
static void
add(struct graph *g, const char *name, double seconds, const char *inputs)
{
	uint32_t i = (uint32_t)g->recipe.nsteps++;
	struct step *s = &g->steps[i];

	s->name = name;
	s->inputs = g->inputs[i];
	for (; *inputs; inputs++)
		s->inputs[s->ninputs++] = (uint32_t)(*inputs - 'a');
	g->v[i] = (struct plan_step){.step = s, .state = PLAN_RUN, .last_seconds = seconds, .reason = ""};
	g->order[i] = i;
	g->plan.n = g->recipe.nsteps;
}

static void
begin(struct graph *g)
{
	g->told.reporter = (struct reporter){.event = hear};
	g->recipe.steps = g->steps;
	g->plan.recipe = &g->recipe;
	g->plan.v = g->v;
	g->plan.order = g->order;
	g->r.plan = &g->plan;
	g->r.opt.reporter = &g->told.reporter;
	g->r.opt.keep_going = true;
	g->r.at = arena_array(&g->r.arena, enum progress, MAX);
	g->r.weight = arena_array(&g->r.arena, double, MAX);
	g->r.retry = arena_array(&g->r.arena, double, MAX);
	g->r.again = arena_array(&g->r.arena, bool, MAX);
	g->r.anew = arena_array(&g->r.arena, bool, MAX);
	order_begin(&g->r);
}

static void
end(struct graph *g)
{
	arena_free(&g->r.arena);
	arena_free(&g->plan.arena);
}

/* The letter of the step that comes next, which is then `now`; '-' for none. */
static char
next(struct graph *g, double time, enum progress now)
{
	int64_t i = order_next(&g->r, time);

	if (i < 0)
		return '-';
	g->r.at[i] = now;
	return (char)('a' + i);
}

static void
test_longest_way_first(void **state)
{
	struct graph g = {0};

	(void)state;
	add(&g, "a", 1, "");
	add(&g, "b", 1, "");
	add(&g, "c", 9, "b");
	add(&g, "d", 1, "a");
	add(&g, "e", 1, "cd");
	begin(&g);
	assert_int_equal(next(&g, 0, RUNNING), 'b');
	assert_int_equal(next(&g, 0, DONE), 'a');
	assert_int_equal(next(&g, 0, DONE), 'd');
	assert_int_equal(next(&g, 0, DONE), '-'); /* c waits for b, e for c */
	g.r.at[1] = DONE;
	assert_int_equal(next(&g, 0, DONE), 'c');
	assert_int_equal(next(&g, 0, DONE), 'e');
	assert_int_equal(next(&g, 0, DONE), '-');
	end(&g);
}

static void
test_ties_as_written(void **state)
{
	struct graph g = {0};

	(void)state;
	add(&g, "a", 2, "");
	add(&g, "b", 2, "");
	add(&g, "c", 2, "");
	begin(&g);
	assert_int_equal(order_next(&g.r, 0), 0);
	assert_int_equal(order_next(&g.r, 0), 0); /* it was not begun: there was no token */
	assert_int_equal(next(&g, 0, RUNNING), 'a');
	assert_int_equal(next(&g, 0, RUNNING), 'b');
	assert_int_equal(next(&g, 0, RUNNING), 'c');
	assert_int_equal(next(&g, 0, RUNNING), '-');
	end(&g);
}

static void
test_of_many_the_longest(void **state)
{
	static const double seconds[MAX] = {3, 9, 1, 7, 5, 8, 2, 6};
	static const char names[MAX][2] = {"a", "b", "c", "d", "e", "f", "g", "h"};
	struct graph g = {0};

	(void)state;
	for (int i = 0; i < MAX; i++)
		add(&g, names[i], seconds[i], "");
	begin(&g);
	for (const char *want = "bfdheagc"; *want; want++)
		assert_int_equal(next(&g, 0, RUNNING), *want);
	assert_int_equal(next(&g, 0, RUNNING), '-');
	end(&g);
}

static void
test_what_is_there_keeps_nobody_waiting(void **state)
{
	struct graph g = {0};

	(void)state;
	add(&g, "a", 5, "");
	add(&g, "b", 1, "a");
	add(&g, "c", 2, "");
	g.v[0].state = PLAN_CACHED;
	begin(&g);
	assert_int_equal(g.r.at[0], DONE);
	assert_int_equal(next(&g, 0, RUNNING), 'c');
	assert_int_equal(next(&g, 0, RUNNING), 'b');
	end(&g);
}

static void
test_lost_inputs_stop_their_users(void **state)
{
	struct graph g = {0};

	(void)state;
	add(&g, "a", 9, "");
	add(&g, "b", 1, "a");
	add(&g, "c", 1, "b");
	add(&g, "d", 1, "");
	add(&g, "e", 1, "cd");
	begin(&g);
	assert_int_equal(next(&g, 0, FAILED), 'a');
	assert_int_equal(next(&g, 0, DONE), 'd');
	assert_int_equal(next(&g, 0, DONE), '-');
	assert_string_equal(g.told.stopped, "bce");
	for (int i = 1; i < 5; i++)
		assert_int_equal(g.r.at[i], i == 3 ? DONE : STOPPED);
	end(&g);
}

static void
test_lock_is_tried_again(void **state)
{
	struct graph g = {0};

	(void)state;
	add(&g, "a", 9, "");
	add(&g, "b", 1, "");
	add(&g, "c", 1, "a");
	begin(&g);
	g.r.retry[0] = 5;
	assert_int_equal(next(&g, 1, LOCKED), 'a');
	assert_true(order_any_locked(&g.r));
	assert_int_equal(next(&g, 1, DONE), 'b');
	assert_int_equal(next(&g, 4, DONE), '-');
	assert_true(order_any_locked(&g.r));
	assert_int_equal(next(&g, 5, DONE), 'a');
	assert_int_equal(next(&g, 5, DONE), 'c');
	assert_false(order_any_locked(&g.r));
	end(&g);
}

/* A lock's turn comes by its weight, as any other's. */
static void
test_lock_does_not_give_way(void **state)
{
	struct graph g = {0};

	(void)state;
	add(&g, "a", 9, "");
	add(&g, "b", 5, "");
	add(&g, "c", 1, "");
	begin(&g);
	assert_int_equal(next(&g, 0, LOCKED), 'a');
	assert_int_equal(next(&g, 0, LOCKED), 'a'); /* heavier than what is ready */
	g.r.retry[0] = 5;
	assert_int_equal(next(&g, 1, LOCKED), 'b');
	g.r.retry[1] = 0;
	g.r.weight[1] = 0.5;
	assert_int_equal(next(&g, 1, RUNNING), 'c'); /* lighter */
	assert_int_equal(next(&g, 1, RUNNING), 'b');
	end(&g);
}

static void
test_nothing_begins_when_the_run_stops(void **state)
{
	struct graph g = {0};

	(void)state;
	add(&g, "a", 1, "");
	add(&g, "b", 1, "");
	begin(&g);
	assert_int_equal(next(&g, 0, RUNNING), 'a');
	g.r.stopping = true;
	assert_int_equal(next(&g, 0, RUNNING), '-');
	assert_int_equal(g.r.at[1], WAITING);
	end(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_longest_way_first),
		cmocka_unit_test(test_ties_as_written),
		cmocka_unit_test(test_of_many_the_longest),
		cmocka_unit_test(test_what_is_there_keeps_nobody_waiting),
		cmocka_unit_test(test_lost_inputs_stop_their_users),
		cmocka_unit_test(test_lock_is_tried_again),
		cmocka_unit_test(test_lock_does_not_give_way),
		cmocka_unit_test(test_nothing_begins_when_the_run_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
