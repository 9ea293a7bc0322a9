/* SPDX-License-Identifier: GPL-2.0-only */
/* The registry of units with performance counters. */
#ifndef TEGRA_HWPM_H
#define TEGRA_HWPM_H

#include <linux/types.h>

struct tegra_hwpm_ip {
	const char *name;
	u64 base;
};

int tegra_hwpm_ip_register(const struct tegra_hwpm_ip *ip);
void tegra_hwpm_ip_unregister(const struct tegra_hwpm_ip *ip);
void tegra_hwpm_log(const char *what, const struct tegra_hwpm_ip *ip);

#endif
