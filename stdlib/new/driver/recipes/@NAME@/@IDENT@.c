// SPDX-License-Identifier: GPL-2.0-only
/* @NAME@: a platform driver that binds to `compatible = "@NAME@"` in a device tree. */
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>

static int @IDENT@_probe(struct platform_device *pdev)
{
	dev_info(&pdev->dev, "found\n");
	return 0;
}

static const struct of_device_id @IDENT@_of_match[] = {
	{ .compatible = "@NAME@" },
	{ }
};
MODULE_DEVICE_TABLE(of, @IDENT@_of_match);

static struct platform_driver @IDENT@_driver = {
	.probe = @IDENT@_probe,
	.driver = {
		.name = "@IDENT@",
		.of_match_table = @IDENT@_of_match,
	},
};

static int __init @IDENT@_init(void)
{
	pr_info("@IDENT@: loaded\n");
	return platform_driver_register(&@IDENT@_driver);
}
module_init(@IDENT@_init);

static void __exit @IDENT@_exit(void)
{
	platform_driver_unregister(&@IDENT@_driver);
}
module_exit(@IDENT@_exit);

MODULE_DESCRIPTION("what it drives");
MODULE_LICENSE("GPL");
