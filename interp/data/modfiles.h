/* modfiles: the kernel modules in a folder, package, archive or file of this machine, and what lies there of kernels:
 * their configurations, releases, lists of symbols and images. */
#pragma once
#include "data/modset.h"

/* What one folder says of a kernel: headers, an O= folder, or /boot, where each name ends in the release. */
struct kernel_files {
	const char *home;             /* the folder, "" for the top; in boot with "*-RELEASE" behind it */
	bool given;                   /* as what modules are checked against */
	const char *release, *config; /* NULL: not there */
	const char *image_path;       /* as people know it */
	const char *symvers;
	size_t nsymvers;
	const char *certificate; /* bytes of certs/signing_key.x509, or NULL */
	size_t ncertificate;
	const void *image; /* taken out of whatever packs it, or NULL */
	size_t nimage;
	void *mapped; /* of the file */
	size_t nmapped;
	int guard; /* of the mapping */
};

struct modfiles {
	struct arena arena;
	struct modset set;
	struct kernel_files *v;
	size_t n, cap;
	size_t links; /* modules that are links to others, and are not read for themselves */
};

/* Reads what is at `path` into `f`; what cannot be read as a module is a damaged module of the set. `kernel`: it is
 * what modules are checked against; its own are only known to be there. -1: it cannot be opened, or is no archive. */
int modfiles_read(struct modfiles *f, const char *path, bool kernel, struct err *err);
/* All that is known of the kernel of this release, or where that is NULL of the only one. What was read as `kernel`
 * tells which that is, where there is such, and what lies beside the modules only adds to it. False: nothing is. */
bool modfiles_kernel(const struct modfiles *f, const char *release, struct kernel_files *out);
/* How many folders with something of a kernel were in what was read as `kernel`. */
size_t modfiles_given(const struct modfiles *f);
/* The release that a path names: what follows lib/modules/, or NULL. */
const char *modfiles_release(struct arena *a, const char *path);
void modfiles_free(struct modfiles *f);
