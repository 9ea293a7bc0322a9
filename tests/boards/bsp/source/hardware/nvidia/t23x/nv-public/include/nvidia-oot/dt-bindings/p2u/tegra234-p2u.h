/* SPDX-License-Identifier: GPL-2.0-only */
/* The lanes of the two high speed bricks. */
#define TEGRA234_P2U_HSIO_0 0
#define TEGRA234_P2U_HSIO_3 3
