// SPDX-License-Identifier: GPL-2.0-only
/* Memory that engines share. */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/nvmap.h>

void *
nvmap_alloc(size_t size)
{
	return kvzalloc(size, GFP_KERNEL);
}
EXPORT_SYMBOL(nvmap_alloc);

void
nvmap_free(void *p)
{
	kvfree(p);
}
EXPORT_SYMBOL(nvmap_free);

MODULE_DESCRIPTION("nvmap");
MODULE_LICENSE("GPL");
