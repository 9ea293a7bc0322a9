// SPDX-License-Identifier: GPL-2.0-only
/* Units that have performance counters say so here. */
#include <linux/module.h>
#include <linux/mutex.h>
#include <nvidia/conftest.h>
#include <tegra_hwpm.h>

#define MAX_IPS 16

static const struct tegra_hwpm_ip *ips[MAX_IPS];
static DEFINE_MUTEX(lock);

int
tegra_hwpm_ip_register(const struct tegra_hwpm_ip *ip)
{
	int ret = -ENOSPC;
	int i;

	mutex_lock(&lock);
	for (i = 0; i < MAX_IPS; i++) {
		if (!ips[i]) {
			ips[i] = ip;
			ret = 0;
			break;
		}
	}
	mutex_unlock(&lock);
	if (!ret)
		tegra_hwpm_log("registered", ip);
	return ret;
}
EXPORT_SYMBOL_GPL(tegra_hwpm_ip_register);

void
tegra_hwpm_ip_unregister(const struct tegra_hwpm_ip *ip)
{
	int i;

	mutex_lock(&lock);
	for (i = 0; i < MAX_IPS; i++)
		if (ips[i] == ip)
			ips[i] = NULL;
	mutex_unlock(&lock);
}
EXPORT_SYMBOL_GPL(tegra_hwpm_ip_unregister);

MODULE_DESCRIPTION("performance counters");
MODULE_LICENSE("GPL v2");
