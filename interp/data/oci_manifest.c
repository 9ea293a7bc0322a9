#include "data/oci_manifest.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/json.h"
#include "data/oci_ref.h"

#define CODE "E0930"
#define INDEX "application/vnd.oci.image.index.v1+json"
#define CREATED "org.opencontainers.image.created"
#define REVISION "org.opencontainers.image.revision"

#define BLOB_MAX ((int64_t)1 << 40)
enum { REVISION_MAX = 64 };

static const char *const layer_types[] = {
	OCI_LAYER_ZSTD,
	"application/vnd.oci.image.layer.v1.tar+gzip",
	"application/vnd.oci.image.layer.v1.tar",
};

static int
fail(const char *shown, const char *why, struct err *err)
{
	return err_set(err, CODE, "`%s` is no artifact of jkr: %s", shown, why);
}

static const char *
text_of(const struct value *v, const char *key)
{
	const struct value *f = v && v->type == V_TABLE ? value_field(v, key) : NULL;

	return f && f->type == V_STRING ? f->str.s : NULL;
}

static int
parse(const char *text, size_t len, size_t max, const char *part, const char *shown, struct arena *a, struct value *out,
      struct err *err)
{
	struct err own = {0};
	cleanup_str struct str why = {0};
	int r = json_parse(text, len, max, part, a, out, &own);

	if (r)
		err_brief(&own, &why);
	err_free(&own);
	if (r)
		return fail(shown, str_text(&why), err);
	return out->type == V_TABLE ? 0 : fail(shown, "it says no JSON object", err);
}

/* -- the manifest ------------------------------------------------------------------------------------------------- */
static int
take_blob(const struct value *v, const char *shown, struct oci_blob *out, struct err *err)
{
	const char *digest = text_of(v, "digest");
	const struct value *size = v && v->type == V_TABLE ? value_field(v, "size") : NULL;

	out->type = text_of(v, "mediaType");
	if (!out->type || !digest || !size || size->type != V_INT)
		return fail(shown, "a blob has a mediaType, a digest and a size", err);
	if (!oci_is_digest(digest) || hash_parse(&out->hash, digest + strlen(OCI_DIGEST)))
		return fail(shown, "a digest is `sha256:` and 64 digits, in small letters", err);
	if (size->i < 0 || size->i > BLOB_MAX)
		return fail(shown, "a blob has less than a TiB", err);
	out->size = (uint64_t)size->i;
	return 0;
}

static int
take_layers(const struct value *v, const char *shown, struct arena *a, struct oci_manifest *out, struct err *err)
{
	if (!v || v->type != V_TABLE || v->table.nfields || !v->table.nitems)
		return fail(shown, "it has no layers", err);
	if (v->table.nitems > OCI_LAYERS_MAX)
		return fail(shown, "it has more than 64 layers", err);
	out->layers = arena_array(a, struct oci_blob, v->table.nitems);
	for (out->n = 0; out->n < v->table.nitems; out->n++) {
		struct oci_blob *b = &out->layers[out->n];
		size_t i = 0;

		if (take_blob(&v->table.items[out->n], shown, b, err))
			return -1;
		while (i < ARRAY_LEN(layer_types) && strcmp(layer_types[i], b->type) != 0)
			i++;
		if (i == ARRAY_LEN(layer_types))
			return fail(shown, "a layer of it is no tar, plain or by gzip or zstd", err);
	}
	return 0;
}

static const char *
revision_of(const struct value *v)
{
	const char *s = text_of(value_field(v, "annotations"), REVISION);
	size_t n = s ? strspn(s, "0123456789abcdef") : 0;

	return n && !s[n] && n <= REVISION_MAX ? s : NULL;
}

int
oci_manifest_parse(const char *text, size_t len, const char *shown, struct arena *a, struct oci_manifest *out,
		   struct err *err)
{
	const struct value *version;
	const char *type, *kind;
	struct value v;

	*out = (struct oci_manifest){0};
	if (parse(text, len, OCI_MANIFEST_MAX, "manifest", shown, a, &v, err))
		return -1;
	version = value_field(&v, "schemaVersion");
	type = text_of(&v, "mediaType");
	kind = text_of(&v, "artifactType");
	if (!version || version->type != V_INT || version->i != 2)
		return fail(shown, "its schemaVersion is not 2", err);
	if (value_field(&v, "manifests") || str_eq(type, INDEX))
		return fail(shown, "it is an index of several", err);
	if ((value_field(&v, "mediaType") && !str_eq(type, OCI_MANIFEST)) ||
	    take_blob(value_field(&v, "config"), shown, &out->config, err))
		return err_any(err) ? -1 : fail(shown, "it is no OCI image manifest", err);
	if (strcmp(out->config.type, OCI_CONFIG) != 0 || (kind && strcmp(kind, OCI_BUNDLE) != 0))
		return fail(shown, "it is of another kind, such as an image of a container", err);
	if (out->config.size > OCI_CONFIG_MAX)
		return fail(shown, "its config is larger than 256 KiB", err);
	out->revision = revision_of(&v);
	return take_layers(value_field(&v, "layers"), shown, a, out, err);
}

static void
put_blob(struct json *to, const struct oci_blob *b)
{
	char text[sizeof OCI_DIGEST + HASH_HEX] = OCI_DIGEST;

	hash_hex(&b->hash, text + strlen(OCI_DIGEST));
	json_string(to, "mediaType", b->type);
	json_string(to, "digest", text);
	json_uint(to, "size", b->size);
}

void
oci_manifest_format(const struct oci_manifest *m, struct str *out)
{
	cleanup_json struct json *j = json_object();
	struct json *layers, *notes;

	json_int(j, "schemaVersion", 2);
	json_string(j, "mediaType", OCI_MANIFEST);
	json_string(j, "artifactType", OCI_BUNDLE);
	put_blob(json_add_object(j, "config"), &m->config);
	layers = json_add_array(j, "layers");
	for (size_t i = 0; i < m->n; i++)
		put_blob(json_add_object(layers, NULL), &m->layers[i]);
	notes = json_add_object(j, "annotations");
	json_string(notes, CREATED, "1970-01-01T00:00:00Z"); /* no clock: equal inputs are equal artifacts */
	if (m->revision)
		json_string(notes, REVISION, m->revision);
	json_print(j, false, out);
}

/* -- the config --------------------------------------------------------------------------------------------------- */
int
oci_config_parse(const char *text, size_t len, const char *shown, struct arena *a, struct oci_config *out,
		 struct err *err)
{
	struct value v;

	*out = (struct oci_config){0};
	if (parse(text, len, OCI_CONFIG_MAX, "config", shown, a, &v, err))
		return -1;
	out->tree = text_of(&v, "tree");
	out->minisig = text_of(&v, "minisig");
	out->sshsig = text_of(&v, "sshsig");
	if (!out->tree || strlen(out->tree) != HASH_HEX - 1 || strspn(out->tree, "0123456789abcdef") != HASH_HEX - 1)
		return fail(shown, "its config does not say the hash of what it holds", err);
	return 0;
}

void
oci_config_format(const struct oci_config *c, struct str *out)
{
	cleanup_json struct json *j = json_object();

	json_string(j, "tree", c->tree);
	if (c->minisig)
		json_string(j, "minisig", c->minisig);
	if (c->sshsig)
		json_string(j, "sshsig", c->sshsig);
	json_print(j, false, out);
}
