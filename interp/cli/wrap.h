/* wrap: prose on a screen. */
#pragma once
#include <stdio.h>

/* Prints sentences, wrapped at blanks to 100 columns, each line behind `indent` blanks; a newline in the
 * text stays one. */
void wrap_text(FILE *out, const char *text, int indent);
/* Bytes of the first sentence, without its full stop: what stands alone in lists. */
int first_sentence(const char *doc);
