#include "data/kimage.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "data/decompress.h"
#include "data/view.h"

#define CODE "E1312"
enum { IMAGE_MAX = 1 << 30, UIMAGE_HEAD = 64, SECTOR = 512 };

struct image {
	const char *name;
	const unsigned char *p;
	size_t n;
	const struct kimage_rules *r;
	struct str *got;
	struct err *err;
};

__attribute__((format(printf, 2, 3))) static int
wrong(const struct image *m, const char *fmt, ...)
{
	struct str cleanup_str why = {0};
	va_list ap;

	va_start(ap, fmt);
	str_addv(&why, fmt, ap);
	va_end(ap);
	return err_set(m->err, CODE, "`%s` %s", m->name, str_text(&why));
}

/* Numbers at a place; past the end they are 0, so that no magic is there. */

static uint64_t
number(const struct image *m, size_t at, size_t bytes, bool big)
{
	uint64_t v = 0;

	if (at > m->n || m->n - at < bytes)
		return 0;
	for (size_t i = 0; i < bytes; i++)
		v |= (uint64_t)m->p[at + i] << 8 * (big ? bytes - 1 - i : i);
	return v;
}

static uint64_t
little(const struct image *m, size_t at, size_t bytes)
{
	return number(m, at, bytes, false);
}

static uint32_t
big(const struct image *m, size_t at)
{
	return (uint32_t)number(m, at, 4, true);
}

static bool
has(const struct image *m, size_t at, const char *magic, size_t n)
{
	return at <= m->n && m->n - at >= n && !memcmp(m->p + at, magic, n);
}

/* The checksum of gzip and of U-Boot. */
static uint32_t
crc(uint32_t sum, const unsigned char *p, size_t n)
{
	static const uint32_t half[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
					  0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
					  0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};

	sum = ~sum;
	for (size_t i = 0; i < n; i++) {
		sum ^= p[i];
		sum = sum >> 4 ^ half[sum & 15];
		sum = sum >> 4 ^ half[sum & 15];
	}
	return ~sum;
}

static int
check_arch(const struct image *m, const char *arch)
{
	if (!m->r->arch || !strcmp(m->r->arch, arch))
		return 0;
	return wrong(m, "is an image for %s, and one for %s is asked for", arch, m->r->arch);
}

/* The release behind a text, up to a blank. */
static int
check_release(const struct image *m, const char *p, size_t n)
{
	const char *want = m->r->release;
	size_t k = 0;

	while (k < n && k < 128 && p[k] > ' ' && p[k] < 0x7f)
		k++;
	if (!k)
		return wrong(m, "does not say which release it is");
	str_addf(m->got, ", Linux %.*s", (int)k, p);
	if (!want || (strlen(want) == k && !memcmp(want, p, k)))
		return 0;
	return wrong(m, "says that it is Linux %.*s, and %s is asked for", (int)k, p, want);
}

static int
find_release(const struct image *m)
{
	static const char text[] = "Linux version ";
	const unsigned char *p = m->p, *end = m->p + m->n;

	while ((p = memmem(p, (size_t)(end - p), text, sizeof text - 1))) {
		p += sizeof text - 1;
		/* the format string of the same words stands there, too */
		if (p < end && *p >= '0' && *p <= '9')
			return check_release(m, (const char *)p, (size_t)(end - p));
	}
	return m->r->release ? wrong(m, "does not say which release it is") : 0;
}

/* Formats */

static int
check_vmlinux(const struct image *m)
{
	static const struct {
		unsigned machine;
		const char *arch;
	} machines[] = {{40, "arm"}, {183, "arm64"}, {243, "riscv"}, {62, "x86"}, {3, "x86"}};
	bool wide = m->n > 4 && m->p[4] == 2, be = m->n > 5 && m->p[5] == 2;
	unsigned type = (unsigned)number(m, 16, 2, be), machine = (unsigned)number(m, 18, 2, be);
	uint64_t sections = number(m, wide ? 40 : 32, wide ? 8 : 4, be);
	uint64_t size = number(m, wide ? 58 : 46, 2, be), count = number(m, wide ? 60 : 48, 2, be);

	if (!has(m, 0, "\177ELF", 4) || m->n < 64)
		return wrong(m, "is no vmlinux: it is no ELF file");
	if (type != 2 && type != 3)
		return wrong(m, "is no vmlinux: it is an ELF file, but no program");
	if (sections > m->n || size * count > m->n - sections)
		return wrong(m, "is cut short: its sections lie behind its end");
	for (size_t i = 0; i < ARRAY_LEN(machines); i++)
		if (machines[i].machine == machine) {
			str_addf(m->got, "vmlinux for %s", machines[i].arch);
			return check_arch(m, machines[i].arch) || find_release(m) ? -1 : 0;
		}
	return wrong(m, "is for a machine that jkr does not know (%u)", machine);
}

/* The program of EFI that a kernel is as well says how long the file is; the header says only what memory it needs. */
static int
check_efi(const struct image *m)
{
	size_t at = (size_t)little(m, 60, 4), sections = (size_t)little(m, at + 6, 2), size = 0;
	size_t table = at + 24 + (size_t)little(m, at + 20, 2);

	if (!has(m, 0, "MZ", 2))
		return 0;
	if (at < 64 || !has(m, at, "PE\0\0", 4))
		return wrong(m, "begins as a program of EFI, and its header leads to none");
	for (size_t i = 0; i < sections; i++) {
		size_t end = (size_t)little(m, table + i * 40 + 16, 4) + (size_t)little(m, table + i * 40 + 20, 4);

		size = end > size ? end : size;
	}
	if (table + sections * 40 > m->n || size > m->n)
		return wrong(m, "is cut short: it is a program of EFI of %zu bytes, and has %zu",
			     size > m->n ? size : table + sections * 40, m->n);
	return 0;
}

static int
check_image_size(const struct image *m, const char *arch)
{
	uint64_t size = little(m, 16, 8);

	if (check_arch(m, arch) || check_efi(m))
		return -1;
	if (!size)
		return wrong(m, "says that it needs no memory: it is older than Linux 3.17, or damaged");
	if (size < m->n)
		return wrong(m, "has %zu bytes, and its header says that it needs %" PRIu64 " of memory", m->n, size);
	str_addf(m->got, "Image for %s", arch);
	return find_release(m);
}

static int
check_arm64(const struct image *m)
{
	static const char *const pages[] = {"", ", pages of 4 kB", ", pages of 16 kB", ", pages of 64 kB"};
	uint64_t flags = little(m, 24, 8);

	if (little(m, 32, 8) || little(m, 40, 8) || little(m, 48, 8))
		return wrong(m, "has a header whose reserved fields are not 0");
	if (flags >> 4)
		return wrong(m, "has flags that no kernel sets: 0x%" PRIx64, flags);
	if (check_image_size(m, "arm64"))
		return -1;
	str_addf(m->got, "%s%s", flags & 1 ? ", big-endian" : "", pages[flags >> 1 & 3]);
	return 0;
}

static int
check_flat(const struct image *m)
{
	if (has(m, 56, "ARM\x64", 4))
		return check_arm64(m);
	if (has(m, 56, "RSC\x05", 4) && has(m, 48, "RISCV\0\0\0", 8))
		return check_image_size(m, "riscv");
	return wrong(m, "is no Image of arm64 or riscv: the magic at byte 56 is not there");
}

static int
check_gzip(const struct image *m)
{
	struct str cleanup_str out = {0};
	struct image inside = *m;

	if (packing_of(m->p, m->n) != PACK_GZIP)
		return wrong(m, "is no Image.gz: it is not compressed with gzip");
	if (decompress(m->p, m->n, m->name, IMAGE_MAX, &out, m->err))
		return -1;
	inside.p = (const unsigned char *)str_text(&out);
	inside.n = out.len;
	return check_flat(&inside);
}

static int
check_zimage(const struct image *m)
{
	uint32_t magic = (uint32_t)little(m, 0x24, 4), start = (uint32_t)little(m, 0x28, 4),
		 end = (uint32_t)little(m, 0x2c, 4), mark = (uint32_t)little(m, 0x30, 4);
	size_t size = end - start;

	if (magic != 0x016f2818)
		return wrong(m, "is no zImage: the magic 0x016f2818 at byte 36 is not there");
	if (end <= start || mark != 0x04030201)
		return wrong(m, "has a header of a zImage that contradicts itself");
	if (size > m->n)
		return wrong(m, "is cut short: its header says %zu bytes, and it has %zu", size, m->n);
	if (size < m->n && big(m, size) != 0xd00dfeed)
		return wrong(m, "has %zu bytes behind its end that are no device tree", m->n - size);
	str_addf(m->got, "zImage for arm%s", size < m->n ? ", a device tree behind it" : "");
	return check_arch(m, "arm");
}

static int
check_uimage(const struct image *m)
{
	static const struct {
		unsigned char id;
		const char *arch;
	} ids[] = {{2, "arm"}, {22, "arm64"}, {26, "riscv"}, {3, "x86"}, {24, "x86"}};
	unsigned char head[UIMAGE_HEAD];
	uint32_t size = big(m, 12);

	if (m->n < UIMAGE_HEAD || big(m, 0) != 0x27051956)
		return wrong(m, "is no uImage: the magic 0x27051956 is not there");
	memcpy(head, m->p, UIMAGE_HEAD);
	memset(head + 4, 0, 4);
	if (crc(0, head, UIMAGE_HEAD) != big(m, 4))
		return wrong(m, "has a header whose checksum is wrong");
	if (size != m->n - UIMAGE_HEAD)
		return wrong(m, "holds %zu bytes behind its header, which says %" PRIu32, m->n - UIMAGE_HEAD, size);
	if (crc(0, m->p + UIMAGE_HEAD, size) != big(m, 24))
		return wrong(m, "holds data whose checksum is wrong");
	if (head[28] != 5 || head[30] != 2)
		return wrong(m, "is a uImage, but of no Linux kernel");
	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		if (ids[i].id == head[29]) {
			str_addf(m->got, "uImage for %s, loaded at 0x%" PRIx32, ids[i].arch, big(m, 16));
			return check_arch(m, ids[i].arch);
		}
	return wrong(m, "is for a machine that jkr does not know (%u)", head[29]);
}

static int
check_bzimage(const struct image *m)
{
	size_t sectors = (size_t)little(m, 0x1f1, 1), head = ((sectors ? sectors : 4) + 1) * SECTOR;
	size_t body = (size_t)little(m, 0x1f4, 4) * 16, at = (size_t)little(m, 0x20e, 2) + 0x200;
	unsigned version = (unsigned)little(m, 0x206, 2);
	uint64_t from = little(m, 0x248, 4), length = little(m, 0x24c, 4);

	if (little(m, 0x1fe, 2) != 0xaa55 || !has(m, 0x202, "HdrS", 4))
		return wrong(m, "is no bzImage: the boot header `HdrS` at byte 514 is not there");
	if (version < 0x204 || !(little(m, 0x211, 1) & 1))
		return wrong(m, "is a zImage of x86, or older than boot protocol 2.04: %u.%02u", version >> 8,
			     version & 255);
	if (head + body != m->n)
		return wrong(m, "has %zu bytes, and its header says %zu", m->n, head + body);
	if (version >= 0x208 && (from > body || length > body - from))
		return wrong(m, "has a header whose payload lies behind its end");
	if (check_arch(m, "x86"))
		return -1;
	str_addf(m->got, "bzImage for x86, protocol %u.%02u", version >> 8, version & 255);
	if (at == 0x200 || at >= head)
		return m->r->release ? wrong(m, "does not say which release it is") : 0;
	return check_release(m, (const char *)m->p + at, m->n - at);
}

static const struct {
	const char *name;
	int (*check)(const struct image *m);
} formats[] = {{"vmlinux", check_vmlinux}, {"Image", check_flat},    {"Image.gz", check_gzip},
	       {"zImage", check_zimage},   {"uImage", check_uimage}, {"bzImage", check_bzimage}};

const char *const kimage_formats[] = {"vmlinux", "Image", "Image.gz", "zImage", "uImage", "bzImage", NULL};
const char *const kimage_archs[] = {"arm", "arm64", "riscv", "x86", NULL};

const char *
kimage_format_of(const char *name)
{
	const char *best = NULL;

	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		size_t n = strlen(formats[i].name);

		/* Image, and Image-6.12.1, but not Imagery */
		if (!strncmp(name, formats[i].name, n) && (!name[n] || name[n] == '-'))
			best = formats[i].name;
	}
	return best;
}

int
kimage_check(const char *name, const void *p, size_t n, const struct kimage_rules *r, struct str *got, struct err *err)
{
	const struct image m = {name, p, n, r, got, err};
	const char *format = r->format ? r->format : kimage_format_of(path_base(name));

	for (size_t i = 0; format && i < ARRAY_LEN(formats); i++)
		if (!strcmp(format, formats[i].name))
			return formats[i].check(&m);
	err_set(err, CODE, "the name `%s` does not say which format the image has", path_base(name));
	return err_help(err, "say it: format = \"Image\"");
}

int
kimage_view(const struct view *v, const void *rules, struct str *got, struct err *err)
{
	const struct view_file *f = NULL;
	struct str cleanup_str bytes = {0};
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++)
		if (S_ISREG(v->v[i].mode)) {
			f = &v->v[i];
			n++;
		}
	if (n != 1)
		return err_set(err, CODE, "one image is asked for, and there are %zu files to look at", n);
	if (view_read(v, f, IMAGE_MAX, &bytes, err))
		return -1;
	return kimage_check(f->path, str_text(&bytes), bytes.len, rules, got, err);
}
