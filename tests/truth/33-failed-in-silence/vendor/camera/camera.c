#include <linux/module.h>

static int speed;
module_param(speed, int, 0444);

MODULE_LICENSE("GPL");
