/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOST1X_DEV_H
#define HOST1X_DEV_H

#include <linux/atomic.h>

extern atomic_t host1x_used;

#endif
