/* What the looks at a folder share (audit_folder.c, audit_looks.c). */
#pragma once
#include "data/schema.h"
#include "data/view.h"

struct err;
struct str;

struct folder_audit {
	struct view all;     /* the folder */
	struct view root;    /* the root file system, which may be all of it */
	bool l4t;            /* it is Linux_for_Tegra, with rootfs/ */
	bool applied;        /* NVIDIA's apply_binaries.sh has run, or is not needed */
	const char *release; /* that the image says, or NULL */
	struct arena arena;
};

/* One look: 0 it is as asked, and `got` says how; 1 it cannot be told, and `got` says why; -1 with mistakes. */
struct look {
	const char *check, *asked;
	bool l4t; /* only where the layout is NVIDIA's */
	int (*run)(struct folder_audit *f, struct str *got, struct err *err);
};

/* Says why it cannot be told. Returns 1. */
int look_open(struct str *got, const char *why);
/* A list ended by NULL. */
struct strings look_words(const char *const *v);

/* audit_boot.c */
int look_menu(struct folder_audit *f, struct str *got, struct err *err);
int look_template(struct folder_audit *f, struct str *got, struct err *err);
int look_blobs(struct folder_audit *f, struct str *got, struct err *err);
int look_overlays(struct folder_audit *f, struct str *got, struct err *err);
int look_keys(struct folder_audit *f, struct str *got, struct err *err);
int look_manifest(struct folder_audit *f, struct str *got, struct err *err);

extern const struct look audit_looks[]; /* ended by an entry without a name */
