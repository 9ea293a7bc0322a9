/* thread: one that no signal reaches, for signals are the main thread's. */
#pragma once
#include <pthread.h>
#include <stdbool.h>

bool thread_start(pthread_t *t, void *(*run)(void *), void *arg);
