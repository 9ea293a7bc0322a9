// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <media/tegracam_core.h>

#define MAX9295_STREAM 0x02

int
max9295_setup_streaming(struct i2c_client *serializer)
{
	return i2c_smbus_write_byte_data(serializer, MAX9295_STREAM, 0x13);
}
EXPORT_SYMBOL_GPL(max9295_setup_streaming);

MODULE_DESCRIPTION("MAX9295 serializer");
MODULE_LICENSE("GPL v2");
