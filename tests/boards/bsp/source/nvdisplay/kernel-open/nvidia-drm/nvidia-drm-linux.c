// SPDX-License-Identifier: MIT
#include <linux/module.h>
#include "nv.h"

static int __init
nv_linux_drm_init(void)
{
	pr_info("nvidia-drm: %d channels\n", nvKmsKapiGetFunctionsTable());
	return 0;
}
module_init(nv_linux_drm_init);

static void __exit
nv_linux_drm_exit(void)
{
}
module_exit(nv_linux_drm_exit);

MODULE_DESCRIPTION("direct rendering");
MODULE_LICENSE("Dual MIT/GPL");
