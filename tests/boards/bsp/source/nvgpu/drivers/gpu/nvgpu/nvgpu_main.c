// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <linux/host1x-next.h>
#include <linux/nvmap.h>
#include <tegra_hwpm.h>
#include <nvidia/conftest.h>
#include "gk20a.h"

static const struct tegra_hwpm_ip gpu = {"gpu", 0x17000000};
static struct host1x_channel *channel;
static void *page;

static int __init
nvgpu_init(void)
{
	int ret;

	channel = host1x_channel_request("nvgpu");
	page = nvmap_alloc(4096);
	if (!channel || !page) {
		ret = -ENOMEM;
		goto fail;
	}
	ret = tegra_hwpm_ip_register(&gpu);
	if (ret)
		goto fail;
	pr_info("nvgpu: %s, %u channels\n", gk20a_name(), host1x_channel_count());
	return 0;
fail:
	nvmap_free(page);
	host1x_channel_put(channel);
	return ret;
}
module_init(nvgpu_init);

static void __exit
nvgpu_exit(void)
{
	tegra_hwpm_ip_unregister(&gpu);
	nvmap_free(page);
	host1x_channel_put(channel);
}
module_exit(nvgpu_exit);

MODULE_DESCRIPTION("nvgpu");
MODULE_LICENSE("GPL v2");
