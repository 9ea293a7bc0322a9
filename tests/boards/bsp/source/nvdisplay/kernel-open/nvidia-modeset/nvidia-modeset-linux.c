// SPDX-License-Identifier: MIT
#include <linux/module.h>
#include "nv.h"

int
nvKmsKapiGetFunctionsTable(void)
{
	return nvidia_get_rm_ops();
}
EXPORT_SYMBOL(nvKmsKapiGetFunctionsTable);

MODULE_DESCRIPTION("mode setting");
MODULE_LICENSE("Dual MIT/GPL");
