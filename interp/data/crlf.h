/* crlf: texts whose lines all end in CR LF are looked at, and written, as a recipe writes them. */
#pragma once
#include <stdbool.h>

struct str;

bool crlf_is(const struct str *text); /* every line, and there is one */
void crlf_take(struct str *text);
void crlf_put(struct str *text);
