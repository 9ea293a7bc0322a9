#define TIMEOUT_MS 60
#ifndef SCALE
#define SCALE 1
#endif
