/* SPDX-License-Identifier: GPL-2.0-only */
#define TEGRA_CAMERA_PLATFORM "nvidia,tegra-camera-platform"
