#pragma once
#define RETRIES 9
#define RETRY_MS 20
