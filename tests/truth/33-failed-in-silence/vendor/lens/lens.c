#include <linux/module.h>

static int steps = LENS_STEPS;
module_param(steps, int, 0444);

MODULE_LICENSE("GPL");
