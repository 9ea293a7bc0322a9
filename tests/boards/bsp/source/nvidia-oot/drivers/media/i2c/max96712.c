// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <media/tegracam_core.h>

#define MAX96712_LINK_CTRL 0x10

int
max96712_setup_link(struct i2c_client *deserializer, unsigned int link)
{
	return i2c_smbus_write_byte_data(deserializer, MAX96712_LINK_CTRL, BIT(link));
}
EXPORT_SYMBOL_GPL(max96712_setup_link);

MODULE_DESCRIPTION("MAX96712 deserializer");
MODULE_LICENSE("GPL v2");
