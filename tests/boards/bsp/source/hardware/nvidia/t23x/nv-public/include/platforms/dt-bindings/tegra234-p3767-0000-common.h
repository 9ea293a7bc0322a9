/* SPDX-License-Identifier: GPL-2.0-only */
/* What overlays for this carrier board have in common. */
#include <dt-bindings/gpio/gpio.h>
#include <dt-bindings/gpio/tegra234-gpio.h>

#define JETSON_COMPATIBLE_P3768                                                                         \
	"nvidia,p3768-0000+p3767-0000", "nvidia,p3768-0000+p3767-0001", "nvidia,p3768-0000+p3767-0003", \
		"nvidia,p3768-0000+p3767-0004", "nvidia,p3768-0000+p3767-0005"

#define CAM0_RST TEGRA234_MAIN_GPIO(H, 3)
#define CAM0_PWDN TEGRA234_MAIN_GPIO(H, 6)
#define CAM1_PWDN TEGRA234_MAIN_GPIO(AC, 0)
