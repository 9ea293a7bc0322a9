/* need_flash: what the machine that flashes a board has to offer. Only looked at when asked for: who builds need not
 * be who flashes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "data/need_probe.h"
#include "os/fs.h"

#define USB_DEVICES "/sys/bus/usb/devices"
#define AUTOSUSPEND "/sys/module/usbcore/parameters/autosuspend"

/* A short text of the kernel's, without its end of line. */
static bool
read_word(int at, const char *path, struct str *out)
{
	str_reset(out);
	if (fs_read_file(at, path, out, 4096) < 0 || !out->len)
		return false;
	out->s[strcspn(out->s, "\n")] = '\0';
	return true;
}

/* The products of NVIDIA's USB vendor that say they wait for a flash: APX. */
static const struct {
	const char *product, *board;
} recovery[] = {
	{"7323", "Orin NX 16 GB"},
	{"7423", "Orin NX 8 GB"},
	{"7523", "Orin Nano 8 GB"},
	{"7623", "Orin Nano 4 GB"},
};

static const char *
board_of(int devices, const char *name)
{
	cleanup_str struct str vendor = {0}, product = {0};
	char path[512];

	snprintf(path, sizeof path, "%s/idVendor", name);
	if (!read_word(devices, path, &vendor) || strcmp(vendor.s, "0955") != 0)
		return NULL;
	snprintf(path, sizeof path, "%s/idProduct", name);
	if (!read_word(devices, path, &product))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(recovery); i++)
		if (!strcmp(product.s, recovery[i].product))
			return recovery[i].board;
	return NULL;
}

int
probe_recovery(struct str *why)
{
	cleanup_fd int devices = open(USB_DEVICES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *board = NULL;
	char **names;
	size_t n;

	if (devices < 0 || fs_names(devices, &names, &n) < 0) {
		str_addf(why, "cannot look at %s: %s", USB_DEVICES, strerror(errno));
		return 1;
	}
	for (size_t i = 0; i < n && !board; i++) {
		/* each name is a link to where the device hangs */
		cleanup_fd int device = openat(devices, names[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		board = device < 0 ? NULL : board_of(device, ".");
	}
	fs_names_free(names, n);
	if (board)
		str_addf(why, "an %s in recovery mode", board);
	else
		str_add(why, "no USB device is a Jetson Orin in recovery mode (0955:7323 and its like)");
	return !board;
}

int
probe_autosuspend(struct str *why)
{
	cleanup_fd int top = open("/sys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_str struct str word = {0};
	bool off;

	if (top < 0 || !read_word(top, &AUTOSUSPEND[strlen("/sys/")], &word)) {
		str_addf(why, "cannot read %s", AUTOSUSPEND);
		return 1;
	}
	off = word.s[0] == '-';
	str_addf(why, off ? "usbcore.autosuspend is %s: never" : "usbcore.autosuspend is %s seconds", word.s);
	return !off;
}
