/* thread: one that no signal reaches, for signals are the main thread's. */
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

bool thread_start(pthread_t *t, void *(*run)(void *), void *arg);
/* Whoever works ahead of others, a decoder, lets them go first: what it has made fills its queue while they wait for a
 * processor, and then it waits for them. Of the calling thread, or of a program that was started and has no thread yet.
 */
void thread_stand_back(void);
void stand_back(pid_t pid);
