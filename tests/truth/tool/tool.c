#include <stdio.h>
#include "limits.h"

int link_ms(void);

int main(void)
{
	return printf("%d retries, %d ms\n", RETRIES, link_ms()) < 0;
}
