#include "data/klabel.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/kconfig.h"
#include "data/schema.h"

#define VERSION_LINE "CONFIG_LOCALVERSION="
#define AUTO "LOCALVERSION_AUTO"
#define PREFIX_MAP "-fdebug-prefix-map="

static const char edges[] = "-._";

static void
strip_end(char *s)
{
	size_t n = strlen(s);

	while (n && strchr(edges, s[n - 1]))
		s[--n] = '\0';
}

const char *
klabel_slug(struct arena *a, const char *text)
{
	char *out = arena_alloc(a, strlen(text) + 1), *p = out;

	for (; *text; text++) {
		if (isalnum((unsigned char)*text) || strchr(edges, *text))
			*p++ = (char)tolower((unsigned char)*text);
		else if (p == out || p[-1] != '-')
			*p++ = '-';
	}
	*p = '\0';
	strip_end(out);
	return out + strspn(out, edges);
}

/* N of "vN" that ends here, else 0. */
static unsigned long
version_at(const char *s, const char *end)
{
	char *stop;
	unsigned long n;

	if (*s != 'v' || !isdigit((unsigned char)s[1]))
		return 0;
	n = strtoul(s + 1, &stop, 10);
	return stop == end ? n : 0;
}

/* Of the words between brackets at the beginning; `*rest` is what follows them. */
static unsigned long
version_in_brackets(const char *subject, const char **rest)
{
	unsigned long n = 0;

	for (*rest = subject + strspn(subject, " \t"); **rest == '['; *rest += strspn(*rest, " \t]")) {
		const char *p = *rest + 1, *end = strchr(p, ']');

		if (!end)
			break;
		for (size_t k; p < end; p += k + (p + k < end)) {
			k = strcspn(p, " \t]");
			if (version_at(p, p + k))
				n = version_at(p, p + k);
		}
		*rest = end;
	}
	return n;
}

/* Where a version stands at the end of a slug or subject: its "v"; NULL: nowhere. */
static const char *
version_at_end(const char *s, unsigned long *n)
{
	const char *p = s + strlen(s);

	while (p > s && isdigit((unsigned char)p[-1]))
		p--;
	if (p == s || p[-1] != 'v' || !*p || (p - 1 > s && !strchr("-. _", p[-2])))
		return NULL;
	*n = version_at(p - 1, p + strlen(p));
	return *n ? p - 1 : NULL;
}

const char *
klabel_of_subject(struct arena *a, const char *subject)
{
	const char *rest, *at, *slug;
	unsigned long n = version_in_brackets(subject, &rest), own = 0;

	slug = klabel_slug(a, rest);
	at = version_at_end(slug, &own);
	if (at)
		slug = klabel_slug(a, arena_strndup(a, slug, (size_t)(at - slug)));
	n = n ? n : own;
	return n < 2 ? slug : arena_printf(a, "%s%sv%lu", slug, *slug ? "-" : "", n);
}

const char *
klabel_fit(struct arena *a, const char *label, long budget)
{
	unsigned long n = 0;
	const char *tail = version_at_end(label, &n);
	char *head, *cut;
	long room;

	if (budget <= 0)
		return "";
	if ((long)strlen(label) <= budget)
		return label;
	if (tail && tail > label && tail[-1] != '-')
		tail = NULL;
	room = budget - (tail ? (long)strlen(tail) + 1 : 0);
	head = arena_strndup(a, label, room > 0 ? (size_t)room : 0);
	cut = strrchr(head, '-');
	if (cut)
		*cut = '\0';
	strip_end(head);
	if (!tail)
		return head;
	return *head ? arena_printf(a, "%s-%s", head, tail) : (long)strlen(tail) <= budget ? tail : "";
}

static void
add_word(struct str *out, const char *key, const char *value)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_";
	bool plain = !value[strspn(value, safe)];

	str_addf(out, "%s%s=%s", out->len ? " " : "", key, plain ? "" : "'");
	for (const char *p = value; *p; p++) {
		if (*p == '\'')
			str_add(out, "'\"'\"'");
		else
			str_addc(out, *p);
		if (str_starts(p, PREFIX_MAP)) {
			str_add(out, &PREFIX_MAP[1]);
			p += strlen(PREFIX_MAP);
			p += strcspn(p, " \t\n") - 1;
		}
	}
	str_add(out, plain ? "" : "'");
}

const char *
klabel_flags(struct arena *a, const struct pairs *variables)
{
	struct str cleanup_str s = {0};

	for (size_t i = 0; i < variables->n; i++)
		add_word(&s, variables->v[i].key, variables->v[i].value);
	return arena_strdup(a, str_text(&s));
}

/* A line of a text, without its newline; the next one begins at the result. */
static const char *
line_end(const char *p)
{
	return p + strcspn(p, "\n");
}

const char *
klabel_digest(struct arena *a, const char *config, const char *toolchain, const char *flags, const char *tree)
{
	struct hasher *h = hasher_new();
	char hex[HASH_HEX];
	struct hash sum;
	const char *sep = "";

	for (const char *p = config, *e; *p; p = e + (*e != 0)) {
		e = line_end(p);
		if (str_starts(p, VERSION_LINE))
			continue;
		hasher_add(h, sep, strlen(sep));
		hasher_add(h, p, (size_t)(e - p));
		sep = "\n";
	}
	for (size_t i = 0; i < 3; i++) {
		const char *part = (const char *[]){toolchain, flags, tree}[i];

		hasher_add(h, "", 1);
		hasher_add(h, part, strlen(part));
	}
	sum = hasher_end(h);
	hasher_free(h);
	return arena_strndup(a, hash_hex(&sum, hex), KLABEL_DIGEST);
}

/* What a release of this version has room for behind `prior` characters. */
static long
room_behind(const char *version, size_t prior)
{
	return KLABEL_RELEASE_MAX - (long)strlen(version) - (long)prior - KLABEL_DIGEST - 2;
}

/* Takes "-LABEL" off the end, whole or as it was cut for this version: only what labelling would put there again. */
static void
strip_label(struct arena *a, char *s, const char *label, const char *version)
{
	size_t n = strlen(s), len;

	for (long budget = KLABEL_RELEASE_MAX; budget > 0; budget = (long)len - 1) {
		const char *cut = klabel_fit(a, label, budget);

		len = strlen(cut);
		if (!len)
			return;
		if (n > len && s[n - len - 1] == '-' && !strcmp(s + n - len, cut) &&
		    !strcmp(klabel_fit(a, label, room_behind(version, n - len - 1)), cut)) {
			s[n - len - 1] = '\0';
			return;
		}
	}
}

const char *
klabel_prior(struct arena *a, const char *config, const char *label, const char *version)
{
	struct kconfig k;
	const char *value;
	size_t n;
	char *s;

	kconfig_parse_config(".config", config, strlen(config), a, &k);
	value = kconfig_get(&k, "LOCALVERSION");
	s = arena_strdup(a, value ? kconfig_plain(a, value) : "");
	kconfig_free(&k);
	n = strlen(s);
	if (n <= KLABEL_DIGEST || s[n - KLABEL_DIGEST - 1] != '-' ||
	    strspn(s + n - KLABEL_DIGEST, "0123456789abcdef") != KLABEL_DIGEST)
		return s;
	s[n - KLABEL_DIGEST - 1] = '\0';
	strip_label(a, s, label, version);
	return s;
}

const char *
klabel_localversion(struct arena *a, const char *prior, const char *version, const char *label, const char *digest,
		    const char **cut)
{
	*cut = klabel_fit(a, label, room_behind(version, strlen(prior)));
	return arena_printf(a, "%s%s%s-%s", prior, **cut ? "-" : "", *cut, digest);
}

void
klabel_bake(const char *config, const char *localversion, struct str *out)
{
	struct str cleanup_str text = {0};
	const char *quoted;
	bool said = false;

	str_addc(&text, '"');
	for (const char *p = localversion; *p; p++)
		str_addf(&text, "%s%c", *p == '"' || *p == '\\' ? "\\" : "", *p);
	str_addc(&text, '"');
	quoted = str_text(&text);
	for (const char *p = config, *e; *p; p = e + (*e != 0)) {
		e = line_end(p);
		if (str_starts(p, "CONFIG_" AUTO "=") || str_starts(p, "# CONFIG_" AUTO " "))
			continue;
		if (!str_starts(p, VERSION_LINE)) {
			str_addn(out, p, (size_t)(e - p));
			str_addc(out, '\n');
			continue;
		}
		kconfig_write_line(out, "LOCALVERSION", quoted);
		kconfig_write_line(out, AUTO, "n");
		said = true;
	}
	if (said)
		return;
	kconfig_write_line(out, "LOCALVERSION", quoted);
	kconfig_write_line(out, AUTO, "n");
}
