/* sink: a thread that writes into a layer, so that whoever decodes need not wait for the disk.
 *
 * Things are written in the order in which they were added. The layer belongs to the thread until
 * sink_wait has come back. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct entry;
struct err;
struct layer;
struct sink;

/* Without a thread everything is written by the caller at once; the result is the same. */
struct sink *sink_new(struct layer *l, bool threaded);
/* What is added is told by the type in e->mode. The entry's strings must live as long as the sink;
 * `data` is from the heap and is taken over, also after an error. */
int sink_add(struct sink *s, const struct entry *e, void *data, size_t n, struct err *err);
/* e->target is the path of the file that e->path becomes another name of. */
int sink_hardlink(struct sink *s, const struct entry *e, struct err *err);
/* Waits until all is written. */
int sink_wait(struct sink *s, struct err *err);
/* Ends the thread; what it was not yet told to write may be missing. */
void sink_free(struct sink *s);
