#pragma once
#define RETRIES 3
#define RETRY_MS 20
