#include "limits.h"

int link_ms(void)
{
	return TIMEOUT_MS * SCALE;
}
