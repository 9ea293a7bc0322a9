/* SPDX-License-Identifier: GPL-2.0 */
#ifndef METIS_H
#define METIS_H

#include <linux/pci.h>

#define PCI_VENDOR_ID_AXELERA 0x1f9d
#define PCI_DEVICE_ID_METIS 0x1100

struct metis_queue {
	dma_addr_t at;
	void *ring;
	size_t size;
};

int metis_queue_init(struct device *dev, struct metis_queue *queue, size_t size);
void metis_queue_fini(struct device *dev, struct metis_queue *queue);

#endif
