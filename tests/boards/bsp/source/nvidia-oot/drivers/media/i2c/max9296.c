// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <media/tegracam_core.h>

#define MAX9296_LINK_CTRL 0x10

int
max9296_setup_link(struct i2c_client *deserializer, unsigned int link)
{
	return i2c_smbus_write_byte_data(deserializer, MAX9296_LINK_CTRL, BIT(link));
}
EXPORT_SYMBOL_GPL(max9296_setup_link);

MODULE_DESCRIPTION("MAX9296 deserializer");
MODULE_LICENSE("GPL v2");
