// SPDX-License-Identifier: GPL-2.0-only
/* hello: a platform driver that says what the device tree gave it. */
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>

static int hello_probe(struct platform_device *pdev)
{
	const char *message;
	int ret;

	ret = of_property_read_string(pdev->dev.of_node, "message", &message);
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "no message\n");
	pr_info("hello-node: ok, %s\n", message);
	return 0;
}

static const struct of_device_id hello_of_match[] = {
	{ .compatible = "jkr,hello" },
	{ }
};
MODULE_DEVICE_TABLE(of, hello_of_match);

static struct platform_driver hello_driver = {
	.probe = hello_probe,
	.driver = {
		.name = "jkr-hello",
		.of_match_table = hello_of_match,
	},
};

static int __init hello_init(void)
{
	pr_info("hello: loaded\n");
	return platform_driver_register(&hello_driver);
}
module_init(hello_init);

static void __exit hello_exit(void)
{
	platform_driver_unregister(&hello_driver);
}
module_exit(hello_exit);

MODULE_DESCRIPTION("Says what the device tree gave it");
MODULE_LICENSE("GPL");
