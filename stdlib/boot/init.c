// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first program of the initramfs where a recipe brings none: says what kernel it is and on what machine, loads
 * the modules that /modules/.order names, and starts the machine again, at which QEMU ends. With the word `crash` on
 * the kernel's command line it makes the kernel panic, with `show=FILE` it shows that file before and after the modules
 * are loaded. Freestanding, because a cross compiler without Recommends has no C library for the target.
 */
typedef unsigned long word;

enum { RDWR = 2, ENOENT = 2, TCSBRK = 0x5409, TOLD = '/' };

#if defined(__aarch64__) || defined(__riscv)
enum {
	SYS_dup3 = 24,
	SYS_ioctl = 29,
	SYS_mount = 40,
	SYS_openat = 56,
	SYS_close = 57,
	SYS_read = 63,
	SYS_write = 64,
	SYS_reboot = 142,
	SYS_finit_module = 273
};
#elif defined(__arm__)
enum {
	SYS_read = 3,
	SYS_write = 4,
	SYS_close = 6,
	SYS_mount = 21,
	SYS_ioctl = 54,
	SYS_reboot = 88,
	SYS_openat = 322,
	SYS_dup3 = 358,
	SYS_finit_module = 379
};
#elif defined(__x86_64__)
enum {
	SYS_read = 0,
	SYS_write = 1,
	SYS_close = 3,
	SYS_ioctl = 16,
	SYS_mount = 165,
	SYS_reboot = 169,
	SYS_openat = 257,
	SYS_dup3 = 292,
	SYS_finit_module = 313
};
#endif

static long
call(word n, word a, word b, word c, word d, word e)
{
#if defined(__aarch64__)
	register word nr __asm__("x8") = n, r0 __asm__("x0") = a, r1 __asm__("x1") = b, r2 __asm__("x2") = c,
			 r3 __asm__("x3") = d, r4 __asm__("x4") = e;

	__asm__ volatile("svc 0" : "+r"(r0) : "r"(nr), "r"(r1), "r"(r2), "r"(r3), "r"(r4) : "memory");
#elif defined(__riscv)
	register word nr __asm__("a7") = n, r0 __asm__("a0") = a, r1 __asm__("a1") = b, r2 __asm__("a2") = c,
			 r3 __asm__("a3") = d, r4 __asm__("a4") = e;

	__asm__ volatile("ecall" : "+r"(r0) : "r"(nr), "r"(r1), "r"(r2), "r"(r3), "r"(r4) : "memory");
#elif defined(__arm__)
	register word nr __asm__("r7") = n, r0 __asm__("r0") = a, r1 __asm__("r1") = b, r2 __asm__("r2") = c,
			 r3 __asm__("r3") = d, r4 __asm__("r4") = e;

	__asm__ volatile("svc 0" : "+r"(r0) : "r"(nr), "r"(r1), "r"(r2), "r"(r3), "r"(r4) : "memory");
#elif defined(__x86_64__)
	register word r0 __asm__("rax") = n, r3 __asm__("r10") = d, r4 __asm__("r8") = e;

	__asm__ volatile("syscall" : "+r"(r0) : "D"(a), "S"(b), "d"(c), "r"(r3), "r"(r4) : "rcx", "r11", "memory");
#endif
	return (long)r0;
}

static word
length(const char *s)
{
	word n = 0;

	while (s[n])
		n++;
	return n;
}

static void
say(const char *s)
{
	call(SYS_write, 1, (word)s, length(s), 0, 0);
}

static long
open_file(const char *path, word flags)
{
	return call(SYS_openat, (word)-100, (word)path, flags, 0, 0);
}

/* What a file holds, without the NULs and ends of line at its end; -1 where there is none. */
static long
contents(const char *path, char *buf, word size)
{
	long fd = open_file(path, 0), n;

	if (fd < 0)
		return -1;
	n = call(SYS_read, (word)fd, (word)buf, size - 1, 0, 0);
	call(SYS_close, (word)fd, 0, 0, 0, 0);
	while (n > 0 && (!buf[n - 1] || buf[n - 1] == '\n'))
		n--;
	buf[n > 0 ? n : 0] = 0;
	return n;
}

static void
show(const char *path)
{
	char buf[512];

	if (contents(path, buf, sizeof buf) < 0)
		return;
	say(path);
	say(": ");
	say(buf);
	say("\n");
}

static long
insert(const char *name)
{
	static const char folder[] = "/modules/";
	char path[sizeof folder + 256];
	word n = length(name);
	long fd, r;

	if (n > 255)
		return -1;
	for (word i = 0; i < sizeof folder; i++)
		path[i] = folder[i];
	for (word i = 0; i <= n; i++)
		path[sizeof folder - 1 + i] = name[i];
	fd = open_file(path, 0);
	r = call(SYS_finit_module, (word)fd, (word) "", 0, 0, 0);
	call(SYS_close, (word)fd, 0, 0, 0, 0);
	return r;
}

static void
tell(char *name, long r)
{
	say("init: ");
	say(name);
	say(r ? " was refused\n" : " was accepted\n");
	name[0] = TOLD;
}

/* Tries what is left of a list of names, each ended by a NUL; gives whether one was loaded. What has a symbol that
 * nobody has yet waits for another, unless this is the last time. */
static int
load_some(char *list, long n, int last)
{
	int loaded = 0;

	for (long at = 0; at < n; at += (long)length(list + at) + 1) {
		long r = list[at] == TOLD ? -ENOENT : insert(list + at);

		if (list[at] == TOLD || (r == -ENOENT && !last))
			continue;
		tell(list + at, r);
		loaded |= !r;
	}
	return loaded;
}

/* In the order in which the recipe names them, and of one result by name. */
static void
load_all(void)
{
	static char list[1 << 18];
	long n = contents("/modules/.order", list, sizeof list);

	for (long i = 0; i < n; i++)
		if (list[i] == '\n')
			list[i] = 0;
	while (load_some(list, n, 0))
		;
	load_some(list, n, 1);
}

/* Calls `each` with every word of the kernel's command line. */
static void
words(void (*each)(const char *word))
{
	char line[2048];
	long n = contents("/proc/cmdline", line, sizeof line), from = 0;

	for (long i = 0; i <= n; i++)
		if (i == n || line[i] == ' ') {
			line[i] = 0;
			each(line + from);
			from = i + 1;
		}
}

/* What follows `begin` in a word; 0 where the word begins otherwise. */
static const char *
behind(const char *word, const char *begin)
{
	while (*begin)
		if (*word++ != *begin++)
			return 0;
	return word;
}

static void
show_asked(const char *word)
{
	const char *path = behind(word, "show=");

	if (path)
		show(path);
}

static void
crash(void)
{
	long fd = open_file("/proc/sysrq-trigger", RDWR);

	say(fd < 0 ? "init: there is no /proc/sysrq-trigger\n" : "init: now it crashes\n");
	call(SYS_ioctl, 1, TCSBRK, 1, 0, 0);
	call(SYS_write, (word)fd, (word) "c", 1, 0, 0);
}

static void
crash_asked(const char *word)
{
	const char *rest = behind(word, "crash");

	if (rest && !*rest)
		crash();
}

/* The compiler may use the registers of floating point only where the kernel switches them on. */
static void
count(void)
{
	volatile double third = 1.0, three = 3.0;

	third /= three;
	say(third * three == 1.0 && (int)(third * 1000) == 333 ? "init: floating point counts\n"
							       : "init: floating point is wrong\n");
}

void _start(void);

#ifdef __x86_64__
__attribute__((force_align_arg_pointer))
#endif
void
_start(void)
{
	open_file("/dev/console", RDWR);
	call(SYS_dup3, 0, 1, 0, 0, 0);
	call(SYS_dup3, 0, 2, 0, 0, 0);
	call(SYS_mount, (word) "proc", (word) "/proc", (word) "proc", 0, 0);
	call(SYS_mount, (word) "sysfs", (word) "/sys", (word) "sysfs", 0, 0);
	show("/proc/version");
	show("/proc/device-tree/model");
	count();
	words(show_asked);
	load_all();
	show("/proc/modules");
	words(show_asked);
	words(crash_asked);
	say("init: done\n");
	call(SYS_ioctl, 1, TCSBRK, 1, 0, 0);
	call(SYS_reboot, 0xfee1dead, 672274793, 0x01234567, 0, 0);
	for (;;)
		;
}
