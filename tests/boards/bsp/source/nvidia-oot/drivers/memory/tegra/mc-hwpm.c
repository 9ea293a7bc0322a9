// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <tegra_hwpm.h>

static const struct tegra_hwpm_ip mc = {"mc", 0x02c10000};

static int __init
mc_hwpm_init(void)
{
	return tegra_hwpm_ip_register(&mc);
}
module_init(mc_hwpm_init);

static void __exit
mc_hwpm_exit(void)
{
	tegra_hwpm_ip_unregister(&mc);
}
module_exit(mc_hwpm_exit);

MODULE_DESCRIPTION("counters of the memory controller");
MODULE_LICENSE("GPL v2");
