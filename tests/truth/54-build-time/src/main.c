#include <stdio.h>

#include "version.h"

int main(void)
{
	puts(VERSION);
	puts("driver of " __DATE__ ", " __TIME__);
	return 0;
}
