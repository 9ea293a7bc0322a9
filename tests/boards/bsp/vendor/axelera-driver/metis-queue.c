// SPDX-License-Identifier: GPL-2.0
/* The ring through which work reaches the accelerator. */
#include <linux/dma-mapping.h>
#include "metis.h"

int
metis_queue_init(struct device *dev, struct metis_queue *queue, size_t size)
{
	queue->size = size;
	queue->ring = dma_alloc_coherent(dev, size, &queue->at, GFP_KERNEL);
	return queue->ring ? 0 : -ENOMEM;
}

void
metis_queue_fini(struct device *dev, struct metis_queue *queue)
{
	dma_free_coherent(dev, queue->size, queue->ring, queue->at);
}
