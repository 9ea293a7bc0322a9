#include "data/base64.h"

#include <string.h>

#include "base/str.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_add(struct str *out, const void *p, size_t n)
{
	const unsigned char *b = p;

	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)b[i] << 16;

		v |= i + 1 < n ? (unsigned)b[i + 1] << 8 : 0;
		v |= i + 2 < n ? b[i + 2] : 0;
		str_addc(out, letters[v >> 18]);
		str_addc(out, letters[v >> 12 & 63]);
		str_addc(out, i + 1 < n ? letters[v >> 6 & 63] : '=');
		str_addc(out, i + 2 < n ? letters[v & 63] : '=');
	}
}

ssize_t
base64_read(const char *s, size_t n, unsigned char *out, size_t max)
{
	size_t pad = n && s[n - 1] == '=' ? 1 + (n > 1 && s[n - 2] == '=') : 0, len;

	if (n % 4)
		return -1;
	len = n / 4 * 3 - pad;
	if (len > max)
		return -1;
	for (size_t i = 0; i < n; i += 4) {
		unsigned v = 0;

		for (size_t k = 0; k < 4; k++) {
			const char *at = i + k < n - pad && s[i + k] ? strchr(letters, s[i + k]) : NULL;

			if (!at && i + k < n - pad)
				return -1;
			v = v << 6 | (at ? (unsigned)(at - letters) : 0);
		}
		for (size_t k = 0; k < 3; k++) {
			size_t to = i / 4 * 3 + k;

			if (to < len)
				out[to] = (unsigned char)(v >> (16 - 8 * k));
			else if (v >> (16 - 8 * k) & 0xff)
				return -1; /* another text for the same bytes */
		}
	}
	return (ssize_t)len;
}
