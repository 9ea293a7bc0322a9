#include "data/oci_registry.h"

#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/json.h"
#include "os/fs.h"
#include "os/http.h"
#include "os/http_exchange.h"

#define CODE "E0931"
#define ANSWER_MAX ((uint64_t)64 << 10)
#define ACCEPT "Accept: " OCI_MANIFEST ", application/vnd.oci.image.index.v1+json"

static const char *
url_of(const struct oci_registry *r, const char *kind, const char *name)
{
	return arena_printf(r->arena, "%s/v2/%s/%s/%s", r->ref->base, r->ref->name, kind, name);
}

static const char *
digest_of(const struct oci_registry *r, const struct hash *h)
{
	char hex[HASH_HEX];

	return arena_printf(r->arena, OCI_DIGEST "%s", hash_hex(h, hex));
}

/* What the registry calls the fault: "MANIFEST_UNKNOWN". */
static const char *
own_word(const struct oci_registry *r, const struct str *body)
{
	const struct value *errors, *word = NULL;
	struct err unsaid = {0};
	struct value v;
	size_t n;

	if (json_parse(str_text(body), body->len, ANSWER_MAX, "", r->arena, &v, &unsaid)) {
		err_free(&unsaid);
		return NULL;
	}
	errors = value_field(&v, "errors");
	if (errors && errors->type == V_TABLE && errors->table.nitems)
		word = value_field(&errors->table.items[0], "code");
	if (!word || word->type != V_STRING)
		return NULL;
	n = strspn(word->str.s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
	return n && n < 40 && !word->str.s[n] ? word->str.s : NULL;
}

static int
refused(const struct oci_registry *r, const struct http_exchange *x, const char *what, struct err *err)
{
	const char *word = own_word(r, &x->body);

	err_set(err, CODE, "the registry `%s` did not %s: it answered %ld%s%s%s", r->ref->host, what, x->status,
		word ? " (" : "", word ? word : "", word ? ")" : "");
	if (x->status == 401 || x->status == 403)
		err_help(err, r->ref->clear
				      ? "no password is sent where it can be read on the way"
				      : "`skopeo login`, `podman login` or `docker login` keeps a password of it");
	return -1;
}

/* One request; where the server asks for a login, once more with that. */
static int
ask(struct oci_registry *r, struct http_exchange *x, const char *header, bool push, struct err *err)
{
	for (bool again = false;; again = true) {
		const char *headers[3] = {header, header ? r->auth : NULL, NULL};
		const char *auth = NULL;

		if (!header)
			headers[0] = r->auth;
		x->headers = headers;
		if (http_exchange(x, err) < 0)
			return -1;
		if (x->status != 401 || again)
			return 0;
		if (oci_login(r, str_text(&x->challenges), push, &auth, err) < 0)
			return -1;
		if (!auth)
			return 0;
		r->auth = auth;
	}
}

/* -- from it --------------------------------------------------------------------------------------------------------
 */
int
oci_get_manifest(struct oci_registry *r, const char *name, struct str *out, struct err *err)
{
	struct http_exchange x = {
		.method = "GET", .url = url_of(r, "manifests", name), .fd = -1, .max = OCI_MANIFEST_MAX};
	int status = ask(r, &x, ACCEPT, false, err);

	if (!status && x.status == 200)
		str_addn(out, str_text(&x.body), x.body.len);
	else if (!status)
		status = x.status == 404
				 ? 1
				 : refused(r, &x, arena_printf(r->arena, "give `%s` of `%s`", name, r->ref->name), err);
	http_exchange_free(&x);
	return status;
}

/* Whether it has a blob: 0 yes, 1 no. It asks for a login here, so that a download has it. */
static int
has_blob(struct oci_registry *r, const struct oci_blob *b, bool push, struct err *err)
{
	const char *digest = digest_of(r, &b->hash);
	struct http_exchange x = {.method = "HEAD", .url = url_of(r, "blobs", digest), .fd = -1, .max = ANSWER_MAX};
	int status = ask(r, &x, NULL, push, err);

	if (!status && x.status != 200)
		status = x.status == 404
				 ? 1
				 : refused(r, &x, arena_printf(r->arena, "say whether it has `%.19s…`", digest), err);
	http_exchange_free(&x);
	return status;
}

static int
wrong_size(const struct oci_registry *r, const struct oci_blob *b, struct err *err)
{
	err_set(err, "E0930", "`%s` is no artifact of jkr: its manifest says %llu bytes of `%.19s…`, which has others",
		r->ref->url, (unsigned long long)b->size, digest_of(r, &b->hash));
	return -1;
}

int
oci_get_blob(struct oci_registry *r, const struct oci_blob *b, int fd, struct err *err)
{
	const char *headers[2] = {NULL};
	char hex[HASH_HEX];
	struct http_request rq = {.url = url_of(r, "blobs", digest_of(r, &b->hash)),
				  .sha256 = hash_hex(&b->hash, hex),
				  .max = b->size ? b->size : 1,
				  .fixed = true,
				  .headers = headers};
	int there = has_blob(r, b, false, err);
	struct stat st;

	if (there < 0)
		return -1;
	if (there)
		return err_set(err, CODE, "the registry `%s` does not have `%s`, which the manifest of `%s` names",
			       r->ref->host, digest_of(r, &b->hash), r->ref->name);
	headers[0] = r->auth;
	if (http_get(&rq, fd, err) < 0)
		return -1;
	if (fstat(fd, &st) || (uint64_t)st.st_size != b->size)
		return wrong_size(r, b, err);
	return 0;
}

/* -- to it ----------------------------------------------------------------------------------------------------------
 */
/* Where the server wants the bytes: an address of its own, or of another, which gets no login of ours. */
static const char *
upload_url(const struct oci_registry *r, const struct str *location, const char *digest, bool *own)
{
	const char *s = str_text(location), *base = r->ref->base;
	size_t n = strlen(base);

	*own = *s == '/' && s[1] != '/';
	if (*own)
		s = arena_printf(r->arena, "%s%s", base, s);
	else if (!strncmp(s, base, n) && s[n] == '/')
		*own = true;
	else if (!str_starts(s, "https://") && !(str_starts(s, "http://") && str_starts(base, "http://")))
		return NULL;
	return arena_printf(r->arena, "%s%cdigest=%s", s, strchr(s, '?') ? '&' : '?', digest);
}

static int
put_bytes(struct oci_registry *r, const char *url, bool own, const struct oci_blob *b, int fd, struct err *err)
{
	struct http_exchange x = {.method = "PUT", .url = url, .fd = fd, .size = b->size, .max = ANSWER_MAX};
	const char *headers[] = {"Content-Type: application/octet-stream", own ? r->auth : NULL, NULL};
	int status;

	x.headers = headers;
	status = http_exchange(&x, err);
	if (!status && x.status != 201)
		status = refused(r, &x, "take a blob", err);
	http_exchange_free(&x);
	return status;
}

int
oci_put_blob(struct oci_registry *r, const struct oci_blob *b, int fd, struct err *err)
{
	const char *begin = arena_printf(r->arena, "%s/v2/%s/blobs/uploads/", r->ref->base, r->ref->name), *url = NULL;
	struct http_exchange x = {.method = "POST", .url = begin, .fd = -1, .max = ANSWER_MAX};
	int status = has_blob(r, b, true, err);
	bool own = false;

	if (status <= 0)
		return status ? -1 : 1;
	status = ask(r, &x, NULL, true, err);
	if (!status && x.status == 202)
		url = upload_url(r, &x.location, digest_of(r, &b->hash), &own);
	if (!status && !url)
		status = refused(r, &x, "begin to take a blob", err);
	if (!status)
		status = put_bytes(r, url, own, b, fd, err);
	http_exchange_free(&x);
	return status;
}

int
oci_put_manifest(struct oci_registry *r, const char *tag, const struct str *text, struct err *err)
{
	cleanup_fd int fd = memfd_create("manifest", MFD_CLOEXEC);
	struct http_exchange x = {
		.method = "PUT", .url = url_of(r, "manifests", tag), .fd = fd, .size = text->len, .max = ANSWER_MAX};
	int status;

	if (fd < 0 || fs_write(fd, text->s, text->len))
		return err_sys(err, CODE, "cannot keep a manifest in memory");
	status = ask(r, &x, "Content-Type: " OCI_MANIFEST, true, err);
	if (!status && x.status != 201)
		status = refused(r, &x, arena_printf(r->arena, "take `%s` of `%s`", tag, r->ref->name), err);
	http_exchange_free(&x);
	return status;
}
