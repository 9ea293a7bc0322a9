/* The label of a kernel: words made of any subject, cut to what a release holds, put into any .config and read back. */
#include "fuzz.h"

#include "base/hash.h"
#include "data/klabel.h"

static const char fine[] = "abcdefghijklmnopqrstuvwxyz0123456789-._";

static void
check_word(const char *word)
{
	size_t n = strlen(word);

	FUZZ_CHECK(strspn(word, fine) == n);
	FUZZ_CHECK(!n || (!strchr("-._", word[0]) && !strchr("-._", word[n - 1])));
}

/* Labelled once and twice is the same, and the digest does not know of it. */
static void
check_labelled(struct arena *a, const char *config, const char *version, const char *label)
{
	struct str cleanup_str once = {0}, twice = {0}, off = {0};
	const char *cut, *again, *prior = klabel_prior(a, config, label, version), *digest, *first, *second;

	klabel_bake(config, prior, &off);
	digest = klabel_digest(a, str_text(&off), "tools", "", "tree");
	FUZZ_CHECK(strlen(digest) == KLABEL_DIGEST);
	first = klabel_localversion(a, prior, version, label, digest, &cut);
	FUZZ_CHECK(strlen(version) + strlen(first) <= KLABEL_RELEASE_MAX || !*cut);
	klabel_bake(config, first, &once);
	FUZZ_CHECK(!strcmp(klabel_digest(a, str_text(&once), "tools", "", "tree"), digest));
	second = klabel_localversion(a, klabel_prior(a, str_text(&once), label, version), version, label, digest,
				     &again);
	klabel_bake(str_text(&once), second, &twice);
	FUZZ_CHECK(!strcmp(first, second) && !strcmp(str_text(&once), str_text(&twice)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct arena cleanup_arena a = {0};
	long budget = (long)(fuzz_byte(&in) % 72);
	size_t n;
	cleanup_free char *subject = fuzz_part(&in, &n), *config = fuzz_part(&in, &n);
	const char *slug = klabel_slug(&a, subject), *label = klabel_of_subject(&a, subject), *cut;

	check_word(slug);
	FUZZ_CHECK(!strcmp(klabel_slug(&a, slug), slug));
	check_word(label);
	cut = klabel_fit(&a, label, budget);
	check_word(cut);
	FUZZ_CHECK((long)strlen(cut) <= budget && !strcmp(klabel_fit(&a, cut, budget), cut));
	check_labelled(&a, config, "6.1.192", label);
	return 0;
}
