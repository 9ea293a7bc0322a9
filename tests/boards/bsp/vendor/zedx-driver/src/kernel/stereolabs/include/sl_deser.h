/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SL_DESER_H
#define SL_DESER_H

#include <linux/i2c.h>

int sl_deser_link(struct i2c_client *client, unsigned int link);
const char *sl_deser_name(void);

#endif
