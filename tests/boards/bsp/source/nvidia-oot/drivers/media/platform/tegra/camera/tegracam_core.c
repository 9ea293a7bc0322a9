// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <linux/host1x-next.h>
#include <media/tegracam_core.h>
#include <media/v4l2-device.h>
#include <nvidia/conftest.h>
#include "camera_common.h"

int
tegracam_device_register(struct tegracam_device *cam, struct i2c_client *client, const struct v4l2_subdev_ops *ops)
{
	cam->client = client;
	cam->channel = host1x_channel_request(client->name);
	if (!cam->channel)
		return -ENOMEM;
	v4l2_i2c_subdev_init(&cam->subdev, client, ops);
	camera_common_say("registered", client->name);
	return 0;
}
EXPORT_SYMBOL_GPL(tegracam_device_register);

void
tegracam_device_unregister(struct tegracam_device *cam)
{
	v4l2_device_unregister_subdev(&cam->subdev);
	host1x_channel_put(cam->channel);
}
EXPORT_SYMBOL_GPL(tegracam_device_unregister);

MODULE_DESCRIPTION("camera host");
MODULE_LICENSE("GPL v2");
