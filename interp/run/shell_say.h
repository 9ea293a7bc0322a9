/* shell_say: what stands above the first prompt of `jkr shell`. */
#pragma once

struct job;
struct sandbox;

/* On stderr: what is mounted where, the folder, and the command, as it can be pasted into a shell. */
void shell_say(struct job *job, const struct sandbox *sb);
