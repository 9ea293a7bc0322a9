/* fuzz: what the fuzz targets share. Each fuzz_NAME.c gives one LLVMFuzzerTestOneInput; libFuzzer drives it
 * (run.sh), or replay.c, which gives it the files of seeds/NAME and regress/NAME. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An input in parts, with FUZZ_CUT between them: every part is copied, so that reading past its end shows. */
#define FUZZ_CUT "\n%%\n"
struct fuzz_input {
	const uint8_t *p;
	size_t n;
};
/* The next part, ended by a NUL that does not count; "" when there is none. The caller frees. */
char *fuzz_part(struct fuzz_input *in, size_t *len);
/* The same without a NUL behind it. */
void *fuzz_bytes(struct fuzz_input *in, size_t *len);
/* The next byte; 0 when there is none. */
unsigned fuzz_byte(struct fuzz_input *in);

/* What has to hold whatever the input is. */
#define FUZZ_CHECK(x) ((x) ? (void)0 : fuzz_broken(#x, __FILE__, __LINE__))
_Noreturn void fuzz_broken(const char *what, const char *file, int line);
/* Prints the mistakes to nowhere, as `main` does, and frees them: each has a sentence and a known code, and
 * no control byte comes through. `style` may be NULL. */
void fuzz_mistakes(struct err *err, const struct err_style *style);
/* The same for a function's answer: mistakes if and only if it failed. */
void fuzz_ended(int r, struct err *err);

/* A file in memory that holds the bytes, at its start; one file, filled anew each time. Not to be closed. */
int fuzz_fd(const void *p, size_t n);
/* A folder of this process, in memory where there is room, gone when it ends. */
const char *fuzz_folder(void);
