/* limits.h: how long, and how often */
#pragma once

#define RETRIES 3
#define RETRY_MS 20

struct link;
int link_open(struct link *l);
int link_close(struct link *l);

#define BURST 16
#define TIMEOUT_MS 60
#define QUEUE 8
