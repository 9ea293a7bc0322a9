// SPDX-License-Identifier: GPL-2.0-only
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/host1x-next.h>
#include "dev.h"

struct host1x_channel {
	const char *client;
};

struct host1x_channel *
host1x_channel_request(const char *client)
{
	struct host1x_channel *channel = kzalloc(sizeof(*channel), GFP_KERNEL);

	if (!channel)
		return NULL;
	channel->client = client;
	atomic_inc(&host1x_used);
	return channel;
}
EXPORT_SYMBOL(host1x_channel_request);

void
host1x_channel_put(struct host1x_channel *channel)
{
	if (!channel)
		return;
	atomic_dec(&host1x_used);
	kfree(channel);
}
EXPORT_SYMBOL(host1x_channel_put);
