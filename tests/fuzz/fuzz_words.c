/* Short texts of recipes and command lines: names, paths, addresses, patterns, sizes, versions. */
#include "fuzz.h"

#include "data/debian.h"
#include "data/git.h"
#include "data/glob.h"
#include "data/rootfs_tar.h"
#include "data/use_address.h"
#include "model/tree.h"
#include "model/unpack_names.h"
#include "os/url.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	struct fuzz_input in = {data, size};
	struct err err = {0};
	struct map packages = {0};
	struct use_address use;
	const char *why = NULL;
	char *clean;
	size_t len;
	int r;
	cleanup_free char *s = fuzz_part(&in, &len), *pattern = fuzz_part(&in, &len), *path = xstrdup(s);
	cleanup_free char *shown = url_shown(s);

	FUZZ_CHECK(shown);
	clean = name_clean(&a, s, &why);
	FUZZ_CHECK(clean || why);
	if (clean && *clean) {
		FUZZ_CHECK(entry_path_ok(clean));
		name_strip(clean, 1);
	}
	if (!path_clean(path) && *path) {
		cleanup_free char *again = xstrdup(path);

		FUZZ_CHECK(*path != '/' && !path_clean(again) && !strcmp(again, path));
	}
	glob_match(pattern, s);
	parse_size(s);
	fuzz_ended(url_check(s, &err), &err);
	fuzz_ended(git_url_check(s, &err), &err);
	fuzz_ended(git_ref_check(s, &err), &err);
	git_is_commit(s);
	r = use_address_parse(s, &a, &use, &err);
	fuzz_ended(r, &err);
	if (!r) {
		cleanup_free char *again = xstrdup(use.path);

		/* what it takes git takes, and its path stays inside */
		FUZZ_CHECK(use.pin && !path_clean(again) && !strcmp(again, use.path) && !git_url_check(use.url, &err));
		FUZZ_CHECK((!use.ref || !git_ref_check(use.ref, &err)) && (!use.commit || git_is_commit(use.commit)));
	}
	debian_name_ok(s);
	debian_version_ok(s);
	dpkg_status_parse(s, &a, &packages);
	map_free(&packages);
	return 0;
}
