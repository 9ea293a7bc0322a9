// SPDX-License-Identifier: MIT
#include <osi_core.h>

unsigned int
osi_core_version(void)
{
	return 36;
}
