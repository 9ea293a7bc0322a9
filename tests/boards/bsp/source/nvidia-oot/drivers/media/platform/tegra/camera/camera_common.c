// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include "camera_common.h"

void
camera_common_say(const char *what, const char *name)
{
	pr_info("tegra-camera: %s %s, up to %d lanes\n", what, name, CAMERA_COMMON_MAX_LANES);
}
