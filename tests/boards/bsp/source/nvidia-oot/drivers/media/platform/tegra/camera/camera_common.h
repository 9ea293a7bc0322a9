/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CAMERA_COMMON_H
#define CAMERA_COMMON_H

#define CAMERA_COMMON_MAX_LANES 4

void camera_common_say(const char *what, const char *name);

#endif
