// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first program of the initramfs: shows the kernel, loads every module of /modules, shows what
 * the overlay brought, and powers off. Freestanding, because a cross compiler without Recommends has
 * no C library for the target.
 */
typedef unsigned long word;

enum { SYS_mount = 40, SYS_openat = 56, SYS_close = 57, SYS_getdents64 = 61,
       SYS_read = 63, SYS_write = 64, SYS_dup3 = 24, SYS_reboot = 142, SYS_finit_module = 273 };

static long
call(word n, word a, word b, word c, word d, word e)
{
	register word x8 __asm__("x8") = n, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c,
		      x3 __asm__("x3") = d, x4 __asm__("x4") = e;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
	return (long)x0;
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
open_file(const char *path)
{
	return call(SYS_openat, (word)-100, (word)path, 0, 0, 0);
}

/* Property values end with a NUL, which a console should not get. */
static void
show(const char *path)
{
	char buf[512];
	long fd = open_file(path), n;

	say(path);
	say(": ");
	if (fd < 0) {
		say("absent\n");
		return;
	}
	n = call(SYS_read, (word)fd, (word)buf, sizeof buf, 0, 0);
	while (n > 0 && (!buf[n - 1] || buf[n - 1] == '\n'))
		n--;
	if (n > 0)
		call(SYS_write, 1, (word)buf, (word)n, 0, 0);
	call(SYS_close, (word)fd, 0, 0, 0, 0);
	say("\n");
}

struct dirent {
	word ino;
	long off;
	unsigned short len;
	unsigned char type;
	char name[];
};

static void
load(const char *name)
{
	static const char folder[] = "/modules/";
	char path[sizeof folder + 256];
	word n = length(name);
	long fd, refused;

	if (name[0] == '.' || n > 255)
		return;
	for (word i = 0; i < sizeof folder; i++)
		path[i] = folder[i];
	for (word i = 0; i <= n; i++)
		path[sizeof folder - 1 + i] = name[i];
	fd = open_file(path);
	refused = call(SYS_finit_module, (word)fd, (word)"", 0, 0, 0);
	say("init: ");
	say(name);
	say(refused ? " was refused\n" : " was accepted\n");
	call(SYS_close, (word)fd, 0, 0, 0, 0);
}

static void
load_all(void)
{
	char buf[4096];
	long fd = open_file("/modules"), n;

	if (fd < 0)
		return;
	while ((n = call(SYS_getdents64, (word)fd, (word)buf, sizeof buf, 0, 0)) > 0)
		for (long at = 0; at < n; at += ((struct dirent *)(buf + at))->len)
			load(((struct dirent *)(buf + at))->name);
	call(SYS_close, (word)fd, 0, 0, 0, 0);
}

void _start(void);

void
_start(void)
{
	call(SYS_openat, (word)-100, (word)"/dev/console", 2, 0, 0);
	call(SYS_dup3, 0, 1, 0, 0, 0);
	call(SYS_dup3, 0, 2, 0, 0, 0);
	call(SYS_mount, (word)"proc", (word)"/proc", (word)"proc", 0, 0);
	call(SYS_mount, (word)"sysfs", (word)"/sys", (word)"sysfs", 0, 0);
	show("/proc/version");
	load_all();
	show("/proc/modules");
	show("/proc/device-tree/bus@c000000/hello@1000/message");
	say("init: done\n");
	call(SYS_reboot, 0xfee1dead, 672274793, 0x4321fedc, 0, 0);
	for (;;)
		;
}
