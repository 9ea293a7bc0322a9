/* Signatures, keys and what they sign, as strangers write them: a text with both forms, and a public key. */
#include "fuzz.h"

#include "cli/content.h"
#include "data/trusted.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	struct fuzz_input in = {data, size};
	struct err err = {0};
	size_t nkey, ntext, nmini, nssh;
	cleanup_free char *key = fuzz_part(&in, &nkey);
	cleanup_free char *text = fuzz_part(&in, &ntext);
	cleanup_free char *mini = fuzz_bytes(&in, &nmini);
	cleanup_free char *ssh = fuzz_bytes(&in, &nssh);
	const struct signed_by s = {"x", text, nmini ? mini : NULL, nssh ? ssh : NULL, ntext, nmini, nssh};
	struct str content = {text, ntext, ntext + 1};
	struct minisign_key secret;
	struct trusted_key k;
	char tree[HASH_HEX];
	int r = trusted_parse(key, &a, &k, &err);

	fuzz_ended(r, &err);
	if (!r)
		fuzz_ended(trusted_check(&k, 1, &s, &a, &err) ? 0 : -1, &err);
	fuzz_ended(trusted_parse_file(key, nkey, "x.pub", &a, &k, &err), &err);
	fuzz_ended(minisign_secret(key, nkey, "x.key", &secret, &err), &err);
	if (!content_parse(&content, tree))
		FUZZ_CHECK(strlen(tree) == HASH_HEX - 1);
	return 0;
}
