/* depot_serve: the other end of depot_ssh: answers questions about a folder with ac/ and cas/, on stdin and stdout.
 *
 *   has NAME         yes 0 | no | bad WHY
 *   get NAME MAX     yes SIZE, and so many bytes | no | bad WHY
 *   put NAME SIZE    and so many bytes: yes 0, it is there now | no, something was there and stays | bad WHY
 *
 * Before the first question it says DEPOT_HELLO. NAME is ac/ or cas/ and 64 hex digits, and nothing else. */
#pragma once

struct err;

#define DEPOT_HELLO "jkr depot 1"
#define DEPOT_LINE 512

/* Until stdin ends: 0; -1 with a sentence when there is no such folder or a question is none. */
int depot_serve(const char *folder, int in, int out, struct err *err);
