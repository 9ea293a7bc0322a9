/* SPDX-License-Identifier: MIT */
#ifndef NV_H
#define NV_H

int nvidia_get_rm_ops(void);
int nvKmsKapiGetFunctionsTable(void);

#endif
