/* codec: one compression format, as a descriptor. Private to decoder.c and the decode_*.c files. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* What a codec may take and where it may write; it moves the pointers on. */
struct span {
	const unsigned char *in;
	size_t nin;
	unsigned char *out;
	size_t nout;
	bool last; /* no more input than `in` will come */
};

enum coded {
	CODED_LARGE = -2, /* its window needs more than CODEC_MEMORY */
	CODED_BAD = -1,   /* `why` says what is wrong */
	CODED_MORE = 0,   /* go on, with more input or more room */
	CODED_END = 1,    /* the member ended and its checksum was right; others may follow */
};

struct codec {
	const char *name;
	bool (*match)(const unsigned char *p, size_t n);
	void *(*open)(int threads); /* NULL: no memory */
	enum coded (*code)(void *state, struct span *s, const char **why);
	void (*close)(void *state);
	unsigned padding; /* zeros behind a member come in so many; 0: in any number */
};

/* Memory that a decoder may take for its window: what `xz -9` needs eight times over. */
#define CODEC_MEMORY (512UL << 20)

extern const struct codec codec_gzip, codec_bzip2, codec_xz, codec_lzma, codec_zstd;
