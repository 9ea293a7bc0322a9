/* Kernel modules, also packed ones, and Module.symvers: a module, another, symvers, .config. */
#include "fuzz.h"

#include "data/modcheck.h"

static void
name_only(void *ctx, const char *name)
{
	(void)ctx;
	FUZZ_CHECK(strlen(name) < 1 << 20);
}

static void
name_weak(void *ctx, const char *name, bool weak)
{
	(void)weak;
	name_only(ctx, name);
}

static void
name_crc(void *ctx, const char *name, uint32_t crc)
{
	(void)crc;
	name_only(ctx, name);
}

static void
name_space(void *ctx, const char *name, const char *space)
{
	name_only(ctx, name);
	name_only(ctx, space);
}

static void
read_one(const void *p, size_t n)
{
	static const struct module_visitor all = {NULL, name_weak, name_crc, name_weak, name_crc, name_space};
	struct err err = {0};
	struct module m;
	char buf[32];

	if (module_open(&m, p, n, &err)) {
		fuzz_ended(-1, &err);
		return;
	}
	for (const char *s = NULL; (s = module_info(&m, "alias", s));)
		name_only(NULL, s);
	elf_machine_name(m.elf.machine, m.elf.is64, buf);
	fuzz_ended(module_symbols(&m, &all, &err), &err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const allow[] = {"other"};
	struct fuzz_input in = {data, size};
	struct modset set = {.with_symbols = true};
	struct err err = {0};
	size_t n, nother, nsymvers, nconfig;
	cleanup_free void *ko = fuzz_bytes(&in, &n), *other = fuzz_bytes(&in, &nother);
	cleanup_free char *symvers = fuzz_bytes(&in, &nsymvers), *config = fuzz_part(&in, &nconfig);
	struct modcheck k = {.release = "6.1.0",
			     .config = nconfig ? config : NULL,
			     .arch = vermagic_arch_of(config),
			     .symbols = true,
			     .allow = allow,
			     .nallow = 1,
			     .allow_missing = allow,
			     .nallow_missing = 1};

	read_one(ko, n);
	modset_add(&set, "a.ko", (struct place){.file = "a.ko"}, ko, n);
	modset_add(&set, "b.ko", (struct place){.file = "b.ko"}, other, nother);
	fuzz_ended(modset_symvers(&set, "Module.symvers", symvers, nsymvers, &err), &err);
	fuzz_ended(modcheck_run(&k, &set, &err), &err);
	modset_free(&set);
	return 0;
}
