/* SPDX-License-Identifier: GPL-2.0-only */
/* What sensors and deserializers have in common. */
#ifndef TEGRACAM_CORE_H
#define TEGRACAM_CORE_H

#include <linux/i2c.h>
#include <media/v4l2-subdev.h>

struct tegracam_device {
	struct v4l2_subdev subdev;
	struct i2c_client *client;
	void *channel;
};

int tegracam_device_register(struct tegracam_device *cam, struct i2c_client *client, const struct v4l2_subdev_ops *ops);
void tegracam_device_unregister(struct tegracam_device *cam);

int max9296_setup_link(struct i2c_client *deserializer, unsigned int link);
int max96712_setup_link(struct i2c_client *deserializer, unsigned int link);
int max9295_setup_streaming(struct i2c_client *serializer);

#endif
