// SPDX-License-Identifier: GPL-2.0
/* The deserializer on the capture card: one kind on the mono card, another on the duo card. */
#include <linux/module.h>
#include <media/tegracam_core.h>
#include <sl_deser.h>

#if defined(CONFIG_SL_DESER_MAX9296)
#define NAME "max9296"
#define SETUP max9296_setup_link
#elif defined(CONFIG_SL_DESER_MAX96712)
#define NAME "max96712"
#define SETUP max96712_setup_link
#else
#error "no deserializer was chosen"
#endif

const char *
sl_deser_name(void)
{
	return NAME;
}
EXPORT_SYMBOL_GPL(sl_deser_name);

int
sl_deser_link(struct i2c_client *client, unsigned int link)
{
	return SETUP(client, link);
}
EXPORT_SYMBOL_GPL(sl_deser_link);

static int
sl_deser_probe(struct i2c_client *client)
{
	dev_info(&client->dev, "sl_deser: %s\n", NAME);
	return 0;
}

static const struct i2c_device_id sl_deser_id[] = {{"sl_" NAME}, {}};
MODULE_DEVICE_TABLE(i2c, sl_deser_id);

static const struct of_device_id sl_deser_of[] = {{.compatible = "stereolabs," NAME}, {}};
MODULE_DEVICE_TABLE(of, sl_deser_of);

static struct i2c_driver sl_deser_driver = {
	.driver = {.name = "sl_deser", .of_match_table = sl_deser_of},
	.probe_new = sl_deser_probe,
	.id_table = sl_deser_id,
};
module_i2c_driver(sl_deser_driver);

MODULE_DESCRIPTION("deserializer " NAME);
MODULE_LICENSE("GPL v2");
