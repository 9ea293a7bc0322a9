/* What a registry says: manifests, configs and challenges; and addresses of artifacts. */
#include "fuzz.h"

#include "data/oci_manifest.h"
#include "data/oci_registry.h"
#include "data/use_address.h"

static void
manifest(const char *text, size_t len, struct arena *a)
{
	struct oci_manifest m, again;
	cleanup_str struct str out = {0};
	struct err err = {0};
	int r = oci_manifest_parse(text, len, "a", a, &m, &err);

	if (!r) {
		FUZZ_CHECK(m.n && m.n <= OCI_LAYERS_MAX && m.config.size <= OCI_CONFIG_MAX);
		oci_manifest_format(&m, &out);
		FUZZ_CHECK(!oci_manifest_parse(out.s, out.len, "a", a, &again, &err));
		FUZZ_CHECK(again.n == m.n && !hash_cmp(&again.config.hash, &m.config.hash));
		FUZZ_CHECK(str_eq(again.revision, m.revision));
		for (size_t i = 0; i < m.n; i++)
			FUZZ_CHECK(again.layers[i].size == m.layers[i].size &&
				   !hash_cmp(&again.layers[i].hash, &m.layers[i].hash));
	}
	fuzz_ended(r, &err);
}

static void
config(const char *text, size_t len, struct arena *a)
{
	struct oci_config c, again;
	cleanup_str struct str out = {0};
	struct err err = {0};
	int r = oci_config_parse(text, len, "a", a, &c, &err);

	if (!r) {
		oci_config_format(&c, &out);
		FUZZ_CHECK(!oci_config_parse(out.s, out.len, "a", a, &again, &err));
		FUZZ_CHECK(str_eq(again.tree, c.tree) && str_eq(again.minisig, c.minisig));
	}
	fuzz_ended(r, &err);
}

/* No address leads anywhere but below the name of a repository on a host. */
static void
address(const char *text, struct arena *a)
{
	struct use_address u;
	struct err err = {0};
	int r = use_address_parse(text, a, &u, &err);

	if (!r && use_address_is_oci(&u)) {
		FUZZ_CHECK(!strpbrk(u.oci.name, "?#%@:\\ ") && !strstr(u.oci.name, "..") && *u.oci.name != '/');
		FUZZ_CHECK(!strpbrk(u.oci.host, "/?#%@\\ ") && (u.commit || u.ref));
		FUZZ_CHECK(!u.path || (*u.path && *u.path != '/' && strncmp(u.path, "../", 3) != 0));
	}
	fuzz_ended(r, &err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	struct fuzz_input in = {data, size};
	size_t len;
	cleanup_free char *one = fuzz_part(&in, &len);

	manifest(one, len, &a);
	config(one, len, &a);
	address(one, &a);
	oci_challenge_word(one, strcspn(one, "\n"), "realm", &a);
	return 0;
}
