/* untar: what it refuses with the entry's name */
#include "untar_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fake_archive.h"

/* Hostile archives: how each is made, and how it is refused. */
struct hostile {
	const char *id;
	void (*make)(struct str *t);
	const char *code, *words;
};

#define MAKE(name) static void name(struct str *t)
MAKE(climb)
{
	tar_file(t, "ok", "x");
	tar_file(t, "../evil", "x");
}
MAKE(climb_inside)
{
	tar_file(t, "a/b/../../../evil", "x");
}
MAKE(climb_far)
{
	tar_file(t, "../../../../../../../../../../etc/canary", "x");
}
MAKE(absolute)
{
	tar_file(t, "/tmp/ar013", "x");
}
MAKE(dots)
{
	tar_head(t, "..", '5', 0755, NULL, 0);
}
MAKE(pax_climb)
{
	struct str r = {0};

	pax_record(&r, "path", "../evil");
	tar_pax(t, r.s, r.len);
	tar_file(t, "innocent", "x");
	str_free(&r);
}
MAKE(gnu_climb)
{
	tar_long(t, 'L', "../evil");
	tar_file(t, "innocent", "x");
}
MAKE(hidden_by_strip)
{
	tar_file(t, "x/../../evil", "x");
}
MAKE(through_link)
{
	tar_link(t, "d", "/etc");
	tar_file(t, "d/canary", "x");
}
MAKE(through_dotdot)
{
	tar_link(t, "d", "..");
	tar_file(t, "d/evil", "x");
}
MAKE(two_hops)
{
	tar_link(t, "a", "..");
	tar_link(t, "b", "a/..");
	tar_file(t, "b/evil", "x");
}
MAKE(folder_over_link)
{
	tar_link(t, "d", "/etc");
	tar_head(t, "d/", '5', 0777, NULL, 0);
}
MAKE(link_over_folder)
{
	tar_head(t, "d/", '5', 0755, NULL, 0);
	tar_link(t, "d", "/etc");
	tar_file(t, "d/x", "x");
}
MAKE(link_over_implied)
{
	tar_file(t, "d/x", "x");
	tar_link(t, "d", "/etc");
}
MAKE(below_file)
{
	tar_file(t, "f", "x");
	tar_file(t, "f/x", "x");
}
MAKE(proc_link)
{
	tar_link(t, "d", "/proc/self/cwd/../..");
	tar_file(t, "d/x", "x");
}
MAKE(hard_absolute)
{
	tar_head(t, "h", '1', 0644, "/etc/passwd", 0);
}
MAKE(hard_climb)
{
	tar_head(t, "h", '1', 0644, "../../victim", 0);
}
MAKE(hard_to_link)
{
	tar_link(t, "l", "/etc/passwd");
	tar_head(t, "h", '1', 0644, "l", 0);
}
MAKE(hard_to_later)
{
	tar_head(t, "h", '1', 0644, "f", 0);
	tar_file(t, "f", "x");
}
MAKE(hard_to_itself)
{
	tar_head(t, "h", '1', 0644, "h", 0);
}
MAKE(char_device)
{
	tar_head(t, "null", '3', 0666, NULL, 0);
}
MAKE(block_device)
{
	tar_head(t, "sda", '4', 0666, NULL, 0);
}
MAKE(fifo)
{
	tar_head(t, "f", '6', 0644, NULL, 0);
	tar_file(t, "f", "x");
}
MAKE(huge)
{
	tar_head(t, "f", '0', 0644, NULL, (uint64_t)1 << 62);
	tar_body(t, "abc", 3);
}
MAKE(negative)
{
	tar_head(t, "f", '0', 0644, NULL, (uint64_t)-512);
}
MAKE(cut_in_data)
{
	tar_head(t, "f", '0', 0644, NULL, 5000);
	tar_body(t, "abc", 3);
}
MAKE(long_component)
{
	char name[5001];

	memset(name, 'a', 5000);
	name[5000] = 0;
	memset(name + 300, '/', 1);
	tar_long(t, 'L', name);
	tar_file(t, "x", "x");
}
MAKE(one_long_component)
{
	char name[302] = "";

	memset(name, 'a', 301);
	tar_long(t, 'L', name);
	tar_file(t, "x", "x");
}
MAKE(deep)
{
	struct str name = {0};

	for (int i = 0; i < 300; i++)
		str_add(&name, "d/");
	str_add(&name, "f");
	tar_long(t, 'L', name.s);
	tar_file(t, "x", "x");
	str_free(&name);
}
MAKE(control)
{
	tar_file(t, "a\033[31mb", "x");
}
MAKE(pax_lie)
{
	tar_pax(t, "99999999999 path=x\n", 19);
	tar_file(t, "f", "x");
}
MAKE(pax_huge)
{
	tar_head(t, "pax", 'x', 0644, NULL, (uint64_t)4 << 30);
	tar_file(t, "f", "x");
}
MAKE(sparse_huge)
{
	struct str r = {0};

	pax_record(&r, "GNU.sparse.major", "1");
	pax_record(&r, "GNU.sparse.minor", "0");
	pax_record(&r, "GNU.sparse.name", "f");
	pax_record(&r, "GNU.sparse.realsize", "1099511627776");
	tar_pax(t, r.s, r.len);
	tar_head(t, "f", '0', 0644, NULL, 512);
	tar_body(t, "0\n", 2);
	str_free(&r);
}
MAKE(sparse_lie)
{
	struct str r = {0};

	pax_record(&r, "GNU.sparse.major", "1");
	pax_record(&r, "GNU.sparse.minor", "0");
	pax_record(&r, "GNU.sparse.name", "f");
	pax_record(&r, "GNU.sparse.realsize", "100");
	tar_pax(t, r.s, r.len);
	tar_head(t, "f", '0', 0644, NULL, 1536);
	tar_body(t, "2\n5000\n512\n100\n512\n", 19);
	tar_body(t, "x", 1);
	tar_body(t, "y", 1);
	str_free(&r);
}
MAKE(empty)
{
	(void)t;
}
MAKE(only_root)
{
	tar_head(t, "./", '5', 0755, NULL, 0);
}

static const struct hostile hostiles[] = {
	{"AR-010", climb, "E0403", "entry 2 `../evil` leaves the tree"},
	{"AR-011", climb_inside, "E0403", "entry 1 `a/b/../../../evil` leaves the tree"},
	{"AR-012", climb_far, "E0403", "leaves the tree"},
	{"AR-013", absolute, "E0403", "`/tmp/ar013` is an absolute path"},
	{"AR-015", dots, "E0403", "`..` leaves the tree"},
	{"AR-016", pax_climb, "E0403", "`../evil` leaves the tree"},
	{"AR-017", gnu_climb, "E0403", "`../evil` leaves the tree"},
	{"AR-022", hidden_by_strip, "E0403", "leaves the tree"},
	{"AR-030", through_link, "E0404", "`d/canary` goes through the symlink `d`"},
	{"AR-031", through_dotdot, "E0404", "goes through the symlink `d`"},
	{"AR-032", two_hops, "E0404", "goes through the symlink `b`"},
	{"AR-034", folder_over_link, "E0404", "is a folder, but `d` is already a symlink"},
	{"AR-042", link_over_folder, "E0404", "would replace the folder `d`"},
	{"AR-042b", link_over_implied, "E0404", "would replace the folder `d`"},
	{"below-file", below_file, "E0404", "lies below `f`, which is no folder"},
	{"AR-043", proc_link, "E0404", "goes through the symlink"},
	{"AR-035", hard_absolute, "E0405", "hard link to `/etc/passwd`, which is an absolute path"},
	{"AR-036", hard_climb, "E0405", "hard link to `../../victim`, which leaves the tree"},
	{"AR-037", hard_to_link, "E0405", "hard link to `l`, which is no earlier file"},
	{"hard-later", hard_to_later, "E0405", "no earlier file"},
	{"hard-self", hard_to_itself, "E0405", "no earlier file"},
	{"AR-050", char_device, "E0406", "`null` is a device"},
	{"AR-051", block_device, "E0406", "`sda` is a device"},
	{"AR-052", fifo, "E0406", "`f` is a fifo"},
	{"AR-070", huge, "E0407", "is over the limit: `max_size` is"},
	{"AR-072", negative, "E0402", ""},
	{"AR-080", cut_in_data, "E0402", "entry 1: Truncated"},
	{"AR-111", long_component, "E0403", "is longer than 4095 bytes"},
	{"AR-111b", one_long_component, "E0403", "component of more than 255 bytes"},
	{"AR-114", deep, "E0403", "nested more than 256 deep"},
	{"AR-116", control, "E0403", "holds a control byte"},
	{"AR-131", pax_lie, "E0402", ""},
	{"AR-130", pax_huge, "E0402", ""},
	{"AR-074", sparse_huge, "E0407", "is over the limit: `max_size` is"},
	{"AR-075", sparse_lie, "E0402", ""},
	{"AR-092", empty, "E0411", "is an empty archive"},
	{"only-root", only_root, "E0411", ""},
};

static void
refuses_hostile_archives(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hostiles); i++) {
		const struct hostile *h = &hostiles[i];
		struct str t = {0};
		struct run r;

		start(&r);
		h->make(&t);
		if (strcmp(h->id, "AR-080"))
			tar_end(&t);
		give(&r, "x.tar", &t);
		if (go(&r) == 0)
			fail_msg("%s: was unpacked", h->id);
		if (!r.err.head || !r.err.head->code || strcmp(r.err.head->code, h->code) ||
		    !strstr(r.err.head->msg, h->words))
			fail_msg("%s: wanted %s `%s`, got %s `%s`", h->id, h->code, h->words,
				 r.err.head ? r.err.head->code : "", r.err.head ? r.err.head->msg : "");
		assert_non_null(strstr(r.err.head->msg, "x.tar"));
		str_free(&t);
		finish(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_hostile_archives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
