/* SPDX-License-Identifier: GPL-2.0-only */
/* Channels of the host controller that feeds the engines. */
#ifndef HOST1X_NEXT_H
#define HOST1X_NEXT_H

struct host1x_channel;

struct host1x_channel *host1x_channel_request(const char *client);
void host1x_channel_put(struct host1x_channel *channel);
unsigned int host1x_channel_count(void);

#endif
