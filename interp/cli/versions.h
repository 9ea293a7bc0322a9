/* versions: of jkr, the machine and the programs that it starts, for a bug report. */
#pragma once

struct str;

void versions_write(struct str *b);
