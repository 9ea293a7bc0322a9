/* SPDX-License-Identifier: MIT */
#ifndef OSI_CORE_H
#define OSI_CORE_H

unsigned int osi_core_version(void);

#endif
