/* container: what docker and podman need around a container: its image, and cleaning up. */
#pragma once
#include <stdbool.h>

struct err;
struct job;
struct tree;

#define CONTAINER_LABEL "jkr.run"
#define CONTAINER_ID 64

/* The name of the image made of a tree, imported when the daemon does not have it yet; in the job's arena. */
const char *container_image(struct job *job, const char *client, const struct tree *image, struct err *err);
/* Runs a client without a word; gives its exit status. */
int container_quiet(const char *const *argv);
/* Removes the containers of a run, or (NULL) of every run whose process is gone. */
void container_sweep(const char *client, const char *run);
/* "PID-STARTTIME-NAMESPACE" of this process: what tells a run from a later one with its number, and from one of
 * another PID namespace. */
const char *container_run_id(char buf[CONTAINER_ID]);
/* Whether the run that a label or another name begins with has ended; false where its namespace is another. */
bool container_run_gone(const char *run);
