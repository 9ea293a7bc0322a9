// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <linux/slab.h>
#include <media/tegracam_core.h>

static const struct v4l2_subdev_ops ops;

static int
imx219_probe(struct i2c_client *client)
{
	struct tegracam_device *cam = devm_kzalloc(&client->dev, sizeof(*cam), GFP_KERNEL);

	return cam ? tegracam_device_register(cam, client, &ops) : -ENOMEM;
}

static void
imx219_remove(struct i2c_client *client)
{
	struct v4l2_subdev *sd = i2c_get_clientdata(client);

	tegracam_device_unregister(container_of(sd, struct tegracam_device, subdev));
}

static const struct i2c_device_id imx219_id[] = {{"imx219"}, {}};
MODULE_DEVICE_TABLE(i2c, imx219_id);

static const struct of_device_id imx219_of[] = {{.compatible = "sony,imx219"}, {}};
MODULE_DEVICE_TABLE(of, imx219_of);

static struct i2c_driver imx219_driver = {
	.driver = {.name = "imx219", .of_match_table = imx219_of},
	.probe_new = imx219_probe,
	.remove = imx219_remove,
	.id_table = imx219_id,
};
module_i2c_driver(imx219_driver);

MODULE_DESCRIPTION("IMX219 sensor");
MODULE_LICENSE("GPL v2");
