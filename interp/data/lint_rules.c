/* lint_rules: the commands and words that make two builds differ, as tables. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "data/lint.h"

/* Calls `fn` for each word of a command's arguments. */
struct words {
	const char *p;
};

static bool
next_word(struct words *w, const char **s, size_t *n)
{
	w->p += strspn(w->p, " \t\n\\\"'");
	*s = w->p;
	*n = strcspn(w->p, " \t\n\"'");
	w->p += *n;
	return *n;
}

/* Whether a short option of these letters is there, alone or in one word with others. */
static bool
has_letter(const char *args, const char *letters)
{
	struct words w = {args};
	const char *s;
	size_t n;

	while (next_word(&w, &s, &n))
		if (n > 1 && s[0] == '-' && s[1] != '-')
			for (size_t i = 1; i < n && (isalnum((unsigned char)s[i])); i++)
				if (strchr(letters, s[i]))
					return true;
	return false;
}

static bool
has(const char *args, const char *text)
{
	return strstr(args, text) != NULL;
}

static bool
begins(const char *args, const char *word)
{
	struct words w = {args};
	const char *s;
	size_t n;

	return next_word(&w, &s, &n) && n == strlen(word) && !strncmp(s, word, n);
}

/* A word that is no option, and no place of input or output. */
static bool
has_operand(const char *args)
{
	struct words w = {args};
	const char *s;
	size_t n;

	while (next_word(&w, &s, &n)) {
		if (*s == '<' || *s == '>' || isdigit((unsigned char)*s)) {
			if (n == 1)
				next_word(&w, &s, &n);
			continue;
		}
		if (*s != '-')
			return true;
	}
	return false;
}

static bool
date_is_now(const char *args)
{
	return !has(args, "EPOCH") && !has(args, "--date") && !has(args, "--reference") &&
	       !(has_letter(args, "dr") && !has(args, "-I"));
}

static bool
tar_creates(const char *args)
{
	struct words w = {args};
	const char *s;
	size_t n;
	bool creates = has(args, "--create") || has_letter(args, "c");

	if (!creates && next_word(&w, &s, &n) && *s != '-')
		creates = memchr(s, 'c', n) && !memchr(s, '/', n) && !memchr(s, '.', n);
	return creates && !(has(args, "--sort") && has(args, "mtime"));
}

static bool
gzip_keeps_name(const char *args)
{
	return has_operand(args) && !has_letter(args, "ndlt") && !has(args, "--no-name") && !has(args, "--decompress");
}

static bool
cpio_creates(const char *args)
{
	return (has_letter(args, "o") || has(args, "--create")) && !has(args, "--reproducible");
}

static bool
find_unsorted(const char *args)
{
	return has(args, "|") && !has(args, "sort") && (has(args, "cpio") || has(args, "tar ") || has(args, "xargs"));
}

static bool
uname_node(const char *args)
{
	return has_letter(args, "n") || has(args, "--nodename");
}

static bool
uname_kernel(const char *args)
{
	return has_letter(args, "arv") || has(args, "--all") || has(args, "--kernel-");
}

static bool
openssl_key(const char *args)
{
	return begins(args, "genrsa") || begins(args, "genpkey") || begins(args, "gendsa") ||
	       (begins(args, "req") && (has(args, "-new") || has(args, "-x509"))) ||
	       (begins(args, "ecparam") && has(args, "-genkey"));
}

static bool
openssl_random(const char *args)
{
	return begins(args, "rand");
}

static bool
ssh_makes(const char *args)
{
	return !has_letter(args, "yleiBF");
}

static bool
gpg_makes(const char *args)
{
	return has(args, "-gen") || has(args, "--gen");
}

static bool
makes_folder(const char *args)
{
	return has_letter(args, "d") || has(args, "--directory");
}

static bool
all_threads(const char *args)
{
	return has(args, "-T0") || has(args, "-T 0") || has(args, "--threads=0");
}

static bool
counts_processors(const char *args)
{
	return has(args, "NPROCESSORS");
}

static bool
without_uuid(const char *args)
{
	return !has_letter(args, "U");
}

static bool
without_id(const char *args)
{
	return !has_letter(args, "i") && !has(args, "--invariant");
}

#define NAME "it is `jkr` in every sandbox"
#define USER "it is one user in every sandbox"

static const struct lint_rule rules[] = {
	{"date", date_is_now, &cause_time, NULL},
	{"hwclock", NULL, &cause_time, NULL},
	{"hostname", NULL, &cause_host, NAME},
	{"uname", uname_kernel, &cause_host, NULL},
	{"uname", uname_node, &cause_host, NAME},
	{"whoami", NULL, &cause_host, USER},
	{"tar", tar_creates, &cause_archive, NULL},
	{"gzip", gzip_keeps_name, &cause_archive, NULL},
	{"zip", NULL, &cause_archive, NULL},
	{"cpio", cpio_creates, &cause_archive, NULL},
	{"find", find_unsorted, &cause_archive, NULL},
	{"openssl", openssl_key, &cause_key, NULL},
	{"openssl", openssl_random, &cause_random, NULL},
	{"ssh-keygen", ssh_makes, &cause_key, NULL},
	{"gpg", gpg_makes, &cause_key, NULL},
	{"mktemp", makes_folder, &cause_path, NULL},
	{"nproc", NULL, &cause_jobs, NULL},
	{"getconf", counts_processors, &cause_jobs, NULL},
	{"xz", all_threads, &cause_jobs, NULL},
	{"uuidgen", NULL, &cause_random, NULL},
	{"mcookie", NULL, &cause_random, NULL},
	{"shuf", NULL, &cause_random, NULL},
	{"mkfs.ext4", without_uuid, &cause_random, NULL},
	{"mke2fs", without_uuid, &cause_random, NULL},
	{"mkfs.vfat", without_id, &cause_random, NULL},
	{"mkfs.fat", without_id, &cause_random, NULL},
};

const struct lint_word lint_shell_words[] = {
	{"$RANDOM", &cause_random, NULL},
	{"${RANDOM", &cause_random, NULL},
	{"/dev/urandom", &cause_random, NULL},
	{"/dev/random", &cause_random, NULL},
	{"/proc/sys/kernel/random/", &cause_random, NULL},
	{"$HOSTNAME", &cause_host, NAME},
	{"${HOSTNAME", &cause_host, NAME},
	{NULL, NULL, NULL},
};

#define EPOCH "compilers take SOURCE_DATE_EPOCH for it"

const struct lint_word lint_c_words[] = {
	{"__DATE__", &cause_time, EPOCH},
	{"__TIME__", &cause_time, EPOCH},
	{"__TIMESTAMP__", &cause_time, NULL},
	{NULL, NULL, NULL},
};

const struct lint_rule *
lint_command(const char *name, const char *args)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (!strcmp(rules[i].command, name) && (!rules[i].matters || rules[i].matters(args)))
			return &rules[i];
	return NULL;
}

const struct cause *
lint_symbol(const char *name, const char *value, bool own_key)
{
	static const char *const seeds[] = {"GCC_PLUGIN_RANDSTRUCT", "RANDSTRUCT_FULL", "RANDSTRUCT_PERFORMANCE"};

	if (strcmp(value, "y") != 0)
		return NULL;
	for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
		if (!strcmp(name, seeds[i]))
			return &cause_random;
	return !own_key && (!strcmp(name, "MODULE_SIG") || !strcmp(name, "MODULE_SIG_ALL")) ? &cause_key : NULL;
}

bool
lint_own_key(const char *value)
{
	size_t n = strlen(value);

	if (n >= 2 && value[0] == '"') {
		value++;
		n -= 2;
	}
	return !(n == strlen("certs/signing_key.pem") && !strncmp(value, "certs/signing_key.pem", n));
}
