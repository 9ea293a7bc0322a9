/* kernel_image_check: whether a file is an image that a boot loader takes, of the right architecture and release */
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "data/kimage.h"
#include "data/schema.h"
#include "model/job.h"
#include "model/prim.h"
#include "model/viewed.h"

struct kernel_image_check_params {
	struct source source;
	const char *format, *arch, *release;
};

static const struct param params[] = {
	PARAM(kernel_image_check_params, source, P_SOURCE, P_OPERAND | P_REQUIRED, "The image: one file."),
	PARAM_CHOICE(kernel_image_check_params, format, 0, kimage_formats, NULL,
		     "What it is to be; what its name says unless told (`Image.gz`, `zImage-6.12.1`)."),
	PARAM_CHOICE(kernel_image_check_params, arch, 0, kimage_archs, NULL,
		     "The kernel's name of the architecture that it must be for."),
	PARAM(kernel_image_check_params, release, P_STRING, P_PLAIN,
	      "The release that it must say, such as linux.release; of zImage and uImage, whose texts are compressed, it is "
	      "not asked."),
	{0},
};

static void
asked(const void *arg, struct str *out)
{
	const struct kernel_image_check_params *p = arg;

	str_add(out, p->format ? p->format : "an image");
	if (p->arch)
		str_addf(out, " for %s", p->arch);
	if (p->release)
		str_addf(out, ", %s", p->release);
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct kernel_image_check_params *p = arg;
	const struct kimage_rules rules = {p->format, p->arch, p->release};

	return viewed_check(job, &p->source, NULL, kimage_view, &rules, err);
}

const struct prim prim_kernel_image_check = {
	.name = "kernel_image_check",
	.doc = "Checks an image of a Linux kernel by what boot loaders read of it: the fields of arm64's and riscv's header, of a zImage the "
	       "magic and its end, of a uImage the checksums of header and data, of a bzImage the header of the boot protocol, of a gzip "
	       "its checksum and what it holds, of a vmlinux the ELF header.",
	.params = params,
	.size = sizeof(struct kernel_image_check_params),
	.version = 1,
	.flags = PRIM_CHECK,
	.example = "kernel_image_check { linux.Image, arch = \"arm64\", release = linux.release }\n",
	.run = run,
	.asked = asked,
};
