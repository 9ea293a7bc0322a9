/* kexports: the symbols that a kernel image itself exports, with namespaces and CRCs, found in its bytes: what the
 * running kernel will compare a module with, whatever a Module.symvers beside it says. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kexport {
	const char *name;  /* in the image's bytes */
	const char *space; /* namespace, "" for none */
	uint32_t crc;
	bool has_crc, gpl_only;
};

typedef void (*kexport_fn)(void *ctx, const struct kexport *e);
/* Calls `fn` for each symbol in an image as it lies in memory, little endian with relative tables (arm64, riscv, x86):
 * Image, vmlinux. Gives their number; 0: the tables were not found. */
size_t kexports_read(const void *image, size_t n, kexport_fn fn, void *ctx);

struct err;
struct str;
/* The image inside a file: taken out of Image.gz, a bzImage or an EFI zboot image into `room`, or the file itself. -1
 * where what is inside cannot be unpacked. */
int kexports_unpack(const void *file, size_t n, const char *shown, struct str *room, const void **image, size_t *size,
		    struct err *err);
