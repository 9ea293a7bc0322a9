/* shell: a shell in a sandbox, on the terminal of whoever started jkr.
 *
 * On a terminal it gets a pseudo-terminal of its own and we copy between the two: what runs inside
 * cannot push bytes into the user's terminal, and job control works. The sandbox's own session is left
 * to us then (bwrap goes without --new-session): the shell must be in the session that the
 * pseudo-terminal controls. Otherwise (a pipe, a file) it reads and writes our descriptors. */
#pragma once

struct err;
struct job;
struct sandbox;

/* Tells what the sandbox holds and what `sb` would have run, runs the shell instead, sends its status as
 * WIRE_SHELL and ends the process; returns only when it could not run: -1 with a sentence. */
int shell_exec(struct job *job, const struct sandbox *sb, struct err *err);
