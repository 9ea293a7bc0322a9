/* fake_archive: archives made by hand, byte by byte, as no honest program makes them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* One tar header; `size` is what the header says. */
void tar_head(struct str *t, const char *name, char type, unsigned mode, const char *link, uint64_t size);
/* Bytes and what fills their last block. */
void tar_body(struct str *t, const void *p, size_t n);
void tar_file(struct str *t, const char *name, const char *text);
void tar_link(struct str *t, const char *name, const char *target);
void tar_end(struct str *t);
/* A pax header of raw records, for the entry that follows. */
void tar_pax(struct str *t, const char *records, size_t n);
/* A pax record with the right length in front. */
void pax_record(struct str *r, const char *key, const char *value);
/* A GNU long name ('L') or link target ('K') for the entry that follows. */
void tar_long(struct str *t, char type, const char *name);

/* A file in memory that holds the bytes, at its start. */
int bytes_fd(const void *p, size_t n);
/* What a program makes of the bytes; empty when it is not on this machine. */
struct str through(const struct str *in, const char *const *argv);

/* A zip of stored files; the local names may differ from the listed ones. */
struct zip_file {
	const char *local, *listed, *text;
	uint32_t mode; /* with S_IFMT, 0: none */
	bool bad_crc;
	bool share; /* listed with the bytes of the one before */
};

struct str zip_of(const struct zip_file *f, size_t n);
void ar_file(struct str *a, const char *name, const void *p, size_t n);
