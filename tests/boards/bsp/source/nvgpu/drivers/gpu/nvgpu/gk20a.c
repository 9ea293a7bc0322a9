// SPDX-License-Identifier: GPL-2.0-only
#include "gk20a.h"

const char *
gk20a_name(void)
{
	return "ga10b";
}
