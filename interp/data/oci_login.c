/* Logins: what a registry asks for, and what this user has of it. */
#include "data/oci_registry.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/base64.h"
#include "data/json.h"
#include "os/fs.h"
#include "os/http_exchange.h"

#define CODE "E0931"

enum { FILE_MAX = 1 << 20, TOKEN_MAX = 64 << 10 };

/* -- what the user has ----------------------------------------------------------------------------------------------
 */
/* Whether a key of `auths` is this host: "host", "https://host" or "https://host/v1/". */
static bool
is_host(const char *key, const char *host)
{
	size_t n = strlen(host);

	if (str_starts(key, "https://"))
		key += strlen("https://");
	else if (str_starts(key, "http://"))
		key += strlen("http://");
	return !strncmp(key, host, n) && (!key[n] || key[n] == '/');
}

/* The words "user:password" of a file, in base64; NULL: it has none of the host. */
static const char *
kept_in(const struct oci_registry *r, const char *path)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	cleanup_str struct str text = {0};
	struct err unsaid = {0};
	const struct value *all, *auth = NULL;
	struct value v;

	if (fd < 0 || fs_read(fd, &text, FILE_MAX))
		return NULL;
	if (json_parse(str_text(&text), text.len, FILE_MAX, path, r->arena, &v, &unsaid)) {
		err_free(&unsaid);
		return NULL;
	}
	all = value_field(&v, "auths");
	for (size_t i = 0; all && all->type == V_TABLE && i < all->table.nfields && !auth; i++)
		if (is_host(all->table.fields[i].key, r->ref->host))
			auth = value_field(&all->table.fields[i].value, "auth");
	if (!auth || auth->type != V_STRING ||
	    auth->str.s[strspn(auth->str.s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					    "abcdefghijklmnopqrstuvwxyz"
					    "0123456789+/=")])
		return NULL;
	return auth->str.len ? auth->str.s : NULL;
}

static const char *
password(const struct oci_registry *r)
{
	static const struct {
		const char *variable, *rest;
	} places[] = {
		{"REGISTRY_AUTH_FILE", ""},
		{"XDG_RUNTIME_DIR", "/containers/auth.json"},
		{"HOME", "/.config/containers/auth.json"},
		{"DOCKER_CONFIG", "/config.json"},
		{"HOME", "/.docker/config.json"},
	};
	const char *found = NULL;

	for (size_t i = 0; i < ARRAY_LEN(places) && !found && !r->ref->clear; i++) {
		const char *folder = getenv(places[i].variable);

		if (folder && *folder)
			found = kept_in(r, arena_printf(r->arena, "%s%s", folder, places[i].rest));
	}
	return found;
}

/* -- what the server asks for ---------------------------------------------------------------------------------------
 */
const char *
oci_challenge_word(const char *line, size_t len, const char *name, struct arena *a)
{
	size_t n = strlen(name);

	for (const char *p = line, *end = line + len; p < end;) {
		const char *value, *stop;
		bool is;

		p += strspn(p, ", \t");
		is = !strncasecmp(p, name, n) && p[n] == '=';
		value = memchr(p, '=', (size_t)(end - p));
		if (!value)
			return NULL;
		value++;
		stop = *value == '"' ? memchr(value + 1, '"', (size_t)(end - value - 1)) : NULL;
		if (*value == '"' && !stop)
			return NULL;
		if (!stop)
			stop = value + strcspn(value, ", \t\n");
		else
			value++;
		if (is)
			return arena_strndup(a, value, (size_t)(stop - value));
		p = stop + (*stop == '"');
		if (p < end && !strchr(", \t", *p))
			return NULL;
	}
	return NULL;
}

static void
add_query(struct str *url, const char *name, const char *value)
{
	str_addf(url, "%c%s=", strchr(str_text(url), '?') ? '&' : '?', name);
	for (; *value; value++)
		str_addf(url, isalnum((unsigned char)*value) || strchr("-._~:/,", *value) ? "%c" : "%%%02X",
			 (unsigned char)*value);
}

/* A token is a header's part: no blank and no end of a line. */
static bool
good_token(const char *s)
{
	size_t n = 0;

	while (s[n] > ' ' && s[n] < 0x7f)
		n++;
	return n && !s[n] && n < TOKEN_MAX;
}

static int
no_token(const struct oci_registry *r, const char *why, struct err *err)
{
	err_set(err, CODE, "the registry `%s` wants a login, and %s", r->ref->host, why);
	return err_help(err, "`skopeo login`, `podman login` or `docker login` keeps a password of it");
}

static int
take_token(struct oci_registry *r, const struct http_exchange *x, const char **auth, struct err *err)
{
	const struct value *token;
	struct err unsaid = {0};
	struct value v;

	if (x->status != 200)
		return no_token(r, arena_printf(r->arena, "the server of its tokens answered %ld", x->status), err);
	if (json_parse(str_text(&x->body), x->body.len, TOKEN_MAX, "", r->arena, &v, &unsaid)) {
		err_free(&unsaid);
		return no_token(r, "what came for a token is no JSON", err);
	}
	token = value_field(&v, "token");
	if (!token || token->type != V_STRING)
		token = value_field(&v, "access_token");
	if (!token || token->type != V_STRING || !good_token(token->str.s))
		return no_token(r, "what came for a token holds none", err);
	*auth = arena_printf(r->arena, "Authorization: Bearer %s", token->str.s);
	return 0;
}

/* A password goes to where TLS or this machine holds it. */
static bool
is_safe(const char *url)
{
	return str_starts(url, "https://") || (str_starts(url, "http://") && oci_is_loopback(url + strlen("http://")));
}

static int
bearer(struct oci_registry *r, const char *line, size_t len, bool push, const char **auth, struct err *err)
{
	const char *realm = oci_challenge_word(line, len, "realm", r->arena);
	const char *service = oci_challenge_word(line, len, "service", r->arena);
	const char *scope = oci_challenge_word(line, len, "scope", r->arena), *secret = password(r);
	const char *headers[2] = {NULL};
	struct http_exchange x = {.method = "GET", .headers = headers, .fd = -1, .max = TOKEN_MAX};
	cleanup_str struct str url = {0};
	int status;

	if (!realm ||
	    (!str_starts(realm, "https://") && !(str_starts(realm, "http://") && str_starts(r->ref->base, "http://"))))
		return no_token(r, "says no place for tokens that can be trusted", err);
	str_add(&url, realm);
	if (service)
		add_query(&url, "service", service);
	if (!scope)
		scope = arena_printf(r->arena, "repository:%s:pull%s", r->ref->name, push ? ",push" : "");
	add_query(&url, "scope", scope);
	if (secret && is_safe(realm))
		headers[0] = arena_printf(r->arena, "Authorization: Basic %s", secret);
	x.url = str_text(&url);
	status = http_exchange(&x, err);
	status = status ? -1 : take_token(r, &x, auth, err);
	http_exchange_free(&x);
	return status;
}

int
oci_login(struct oci_registry *r, const char *challenges, bool push, const char **auth, struct err *err)
{
	const char *secret;
	bool basic = false;

	*auth = NULL;
	for (const char *p = challenges; *p;) {
		size_t n = strcspn(p, "\n");

		if (n > 7 && !strncasecmp(p, "Bearer ", 7))
			return bearer(r, p + 7, n - 7, push, auth, err);
		basic |= n >= 5 && !strncasecmp(p, "Basic", 5);
		p += n + (p[n] == '\n');
	}
	secret = basic ? password(r) : NULL;
	if (secret)
		*auth = arena_printf(r->arena, "Authorization: Basic %s", secret);
	return 0;
}
