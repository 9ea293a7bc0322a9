/* folder: a folder of the project, taken up into the store. */
#pragma once

struct err;
struct job;
struct source;
struct store;
struct tree;

/* The tree of what the plan saw in the folder; NULL with a sentence, also when it is another by now. Of a large
 * folder that was taken up before, only what differs from that time is copied. */
const struct tree *folder_tree(struct job *job, const struct source *src, struct err *err);
/* Reads the list of the last time into the store's memory (store_keep), for the jobs that are forked from here. */
void folder_keep(struct store *st, const struct source *src);
