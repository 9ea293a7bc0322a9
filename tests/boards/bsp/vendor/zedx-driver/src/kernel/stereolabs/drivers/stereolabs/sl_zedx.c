// SPDX-License-Identifier: GPL-2.0
/* The sensor of the camera, behind serializer and deserializer. */
#include <linux/module.h>
#include <linux/slab.h>
#include <media/tegracam_core.h>
#include <sl_deser.h>

#define ZEDX_ID_REG 0x00
#define ZEDX_LINK 0

struct sl_zedx {
	struct tegracam_device cam;
	unsigned int mode;
};

static int
sl_zedx_s_stream(struct v4l2_subdev *sd, int enable)
{
	return enable ? sl_deser_link(v4l2_get_subdevdata(sd), ZEDX_LINK) : 0;
}

static const struct v4l2_subdev_video_ops sl_zedx_video = {
	.s_stream = sl_zedx_s_stream,
};

static const struct v4l2_subdev_ops sl_zedx_ops = {
	.video = &sl_zedx_video,
};

static int
sl_zedx_probe(struct i2c_client *client)
{
	struct sl_zedx *zedx;
	int id, ret;

	zedx = devm_kzalloc(&client->dev, sizeof(*zedx), GFP_KERNEL);
	if (!zedx)
		return -ENOMEM;
	id = i2c_smbus_read_byte_data(client, ZEDX_ID_REG);
	if (id < 0)
		return id;
	ret = tegracam_device_register(&zedx->cam, client, &sl_zedx_ops);
	if (ret)
		return ret;
	dev_info(&client->dev, "sl_zedx: sensor 0x%02x behind %s\n", id, sl_deser_name());
	return 0;
}

static void
sl_zedx_remove(struct i2c_client *client)
{
	struct v4l2_subdev *sd = i2c_get_clientdata(client);

	tegracam_device_unregister(container_of(sd, struct tegracam_device, subdev));
}

static const struct i2c_device_id sl_zedx_id[] = {{"sl_zedx"}, {}};
MODULE_DEVICE_TABLE(i2c, sl_zedx_id);

static const struct of_device_id sl_zedx_of[] = {{.compatible = "stereolabs,zedx"}, {}};
MODULE_DEVICE_TABLE(of, sl_zedx_of);

static struct i2c_driver sl_zedx_driver = {
	.driver = {.name = "sl_zedx", .of_match_table = sl_zedx_of},
	.probe_new = sl_zedx_probe,
	.remove = sl_zedx_remove,
	.id_table = sl_zedx_id,
};
module_i2c_driver(sl_zedx_driver);

MODULE_DESCRIPTION("ZED X camera");
MODULE_LICENSE("GPL v2");
