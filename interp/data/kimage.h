/* kimage: images of Linux kernels, by what boot loaders read of them: magics, lengths, checksums. */
#pragma once
#include <stddef.h>

struct err;
struct str;
struct view;

struct kimage_rules {
	const char *format; /* of kimage_formats; NULL: what the file's name says */
	const char *arch;   /* the kernel's name of the architecture, or NULL: any that has this format */
	const char
		*release; /* what the image says of itself, or NULL; asked of what is not compressed, and of bzImage */
};

extern const char *const kimage_formats[]; /* "Image" …, ended by NULL */
extern const char *const kimage_archs[];

/* The format that a file of this name has, or NULL. */
const char *kimage_format_of(const char *name);
/* 0, and in `got` what it is in a few words; -1 with the first thing that is wrong. */
int kimage_check(const char *name, const void *p, size_t n, const struct kimage_rules *r, struct str *got,
		 struct err *err);
/* A view_check_fn with struct kimage_rules, over one file. */
int kimage_view(const struct view *v, const void *rules, struct str *got, struct err *err);
