#include <stdio.h>

int main(void)
{
	return puts(VERSION) < 0;
}
