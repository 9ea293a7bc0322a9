// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <tegra_hwpm.h>

void
tegra_hwpm_log(const char *what, const struct tegra_hwpm_ip *ip)
{
	pr_info("nvhwpm: %s %s at 0x%llx\n", what, ip->name, ip->base);
}
