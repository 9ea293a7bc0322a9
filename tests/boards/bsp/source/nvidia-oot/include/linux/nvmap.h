/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LINUX_NVMAP_H
#define LINUX_NVMAP_H

#include <linux/types.h>

void *nvmap_alloc(size_t size);
void nvmap_free(void *p);

#endif
