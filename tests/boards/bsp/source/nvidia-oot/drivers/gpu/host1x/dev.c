// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <linux/host1x-next.h>
#include <nvidia/conftest.h>
#include "dev.h"

atomic_t host1x_used = ATOMIC_INIT(0);

unsigned int
host1x_channel_count(void)
{
	return atomic_read(&host1x_used);
}
EXPORT_SYMBOL(host1x_channel_count);

static int __init
host1x_init(void)
{
	pr_info("host1x: loaded\n");
	return 0;
}
module_init(host1x_init);

static void __exit
host1x_exit(void)
{
}
module_exit(host1x_exit);

MODULE_DESCRIPTION("host1x");
MODULE_LICENSE("GPL");
