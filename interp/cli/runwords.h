/* runwords: what `jkr run` takes, as one word of another command: "board.lua -D rt=false". */
#pragma once

struct cli;
struct err;

/* Reads it on top of what the command itself was given (-D, --profile, --backend …). In `main`'s arena; freed with
 * cli_free. */
int runwords(struct cli *main, const char *word, struct cli **out, struct err *err);
