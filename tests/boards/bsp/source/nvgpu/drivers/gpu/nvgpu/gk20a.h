/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GK20A_H
#define GK20A_H

const char *gk20a_name(void);

#endif
