// SPDX-License-Identifier: GPL-2.0-only
/* camera: asks the lens, which is another module. */
#include <linux/module.h>

int lens_focus(void);

static int __init camera_init(void)
{
	pr_info("camera: the lens is at %d\n", lens_focus());
	return 0;
}
module_init(camera_init);

static void __exit camera_exit(void)
{
}
module_exit(camera_exit);

MODULE_DESCRIPTION("Asks the lens");
MODULE_LICENSE("GPL");
