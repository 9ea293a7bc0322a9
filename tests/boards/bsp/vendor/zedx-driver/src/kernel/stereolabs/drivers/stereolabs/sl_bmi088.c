// SPDX-License-Identifier: GPL-2.0
/* The camera's inertial unit. */
#include <linux/i2c.h>
#include <linux/module.h>

static int
sl_bmi088_probe(struct i2c_client *client)
{
	int id = i2c_smbus_read_byte_data(client, 0);

	return id < 0 ? id : 0;
}

static const struct i2c_device_id sl_bmi088_id[] = {{"sl_bmi088"}, {}};
MODULE_DEVICE_TABLE(i2c, sl_bmi088_id);

static struct i2c_driver sl_bmi088_driver = {
	.driver = {.name = "sl_bmi088"},
	.probe_new = sl_bmi088_probe,
	.id_table = sl_bmi088_id,
};
module_i2c_driver(sl_bmi088_driver);

MODULE_DESCRIPTION("BMI088 inertial unit");
MODULE_LICENSE("GPL v2");
