/* folder: a folder of the project, taken up into the store. */
#pragma once

struct err;
struct job;
struct source;
struct tree;

/* The tree of what the plan saw in the folder; NULL with a sentence, also when it is another by now. Of a large
 * folder that was taken up before, only what differs from that time is copied. */
const struct tree *folder_tree(struct job *job, const struct source *src, struct err *err);
