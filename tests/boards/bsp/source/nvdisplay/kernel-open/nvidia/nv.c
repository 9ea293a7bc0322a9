// SPDX-License-Identifier: MIT
#include <linux/module.h>
#include <linux/host1x-next.h>
#include "nv.h"
#include "nv_compiler.h"

int
nvidia_get_rm_ops(void)
{
	return host1x_channel_count();
}
EXPORT_SYMBOL(nvidia_get_rm_ops);

static int __init
nvidia_init_module(void)
{
	pr_info("nvidia: loaded, made with %s\n", NV_COMPILER);
	return 0;
}
module_init(nvidia_init_module);

static void __exit
nvidia_exit_module(void)
{
}
module_exit(nvidia_exit_module);

MODULE_DESCRIPTION("display core");
MODULE_LICENSE("Dual MIT/GPL");
