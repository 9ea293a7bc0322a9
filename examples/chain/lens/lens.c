// SPDX-License-Identifier: GPL-2.0-only
/* lens: says where it is to whoever asks. */
#include <linux/module.h>

int lens_focus(void);

int lens_focus(void)
{
	return 42;
}
EXPORT_SYMBOL_GPL(lens_focus);

MODULE_DESCRIPTION("Says where the lens is");
MODULE_LICENSE("GPL");
