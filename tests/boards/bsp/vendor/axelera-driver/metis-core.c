// SPDX-License-Identifier: GPL-2.0
/* Finds the accelerator on the PCI bus and gives it a queue. */
#include <linux/module.h>
#include <linux/slab.h>
#include "metis.h"

#define METIS_QUEUE_SIZE SZ_64K

struct metis {
	void __iomem *registers;
	struct metis_queue queue;
};

static int
metis_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct metis *metis;
	int ret;

	metis = devm_kzalloc(&pdev->dev, sizeof(*metis), GFP_KERNEL);
	if (!metis)
		return -ENOMEM;
	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	ret = pcim_iomap_regions(pdev, BIT(0), KBUILD_MODNAME);
	if (ret)
		return ret;
	metis->registers = pcim_iomap_table(pdev)[0];
	pci_set_master(pdev);
	ret = metis_queue_init(&pdev->dev, &metis->queue, METIS_QUEUE_SIZE);
	if (ret)
		return ret;
	pci_set_drvdata(pdev, metis);
	dev_info(&pdev->dev, "metis: ready, register 0 is 0x%08x\n", ioread32(metis->registers));
	return 0;
}

static void
metis_remove(struct pci_dev *pdev)
{
	struct metis *metis = pci_get_drvdata(pdev);

	metis_queue_fini(&pdev->dev, &metis->queue);
}

static const struct pci_device_id metis_ids[] = {{PCI_DEVICE(PCI_VENDOR_ID_AXELERA, PCI_DEVICE_ID_METIS)}, {}};
MODULE_DEVICE_TABLE(pci, metis_ids);

static struct pci_driver metis_driver = {
	.name = "metis",
	.id_table = metis_ids,
	.probe = metis_probe,
	.remove = metis_remove,
};
module_pci_driver(metis_driver);

MODULE_DESCRIPTION("Metis accelerator");
MODULE_LICENSE("GPL");
