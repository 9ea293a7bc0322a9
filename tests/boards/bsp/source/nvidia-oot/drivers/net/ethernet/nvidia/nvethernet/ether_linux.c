// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <osi_core.h>

static int __init
ether_init(void)
{
	pr_info("nvethernet: core %u\n", osi_core_version());
	return 0;
}
module_init(ether_init);

static void __exit
ether_exit(void)
{
}
module_exit(ether_exit);

MODULE_DESCRIPTION("nvethernet");
MODULE_LICENSE("GPL v2");
