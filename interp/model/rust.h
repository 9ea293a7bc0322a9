/* rust: why a kernel's tree finds no Rust that it could be built with. */
#pragma once
#include "model/kask.h"

struct str;

/* What the tree's own `make rustavailable` says, in one line; nothing when it cannot be asked. */
void rust_unavailable(struct job *job, const struct kask *k, struct str *out);
/* The sentences of its output: lines that begin with three stars, up to an empty one. */
void rust_words(const char *text, struct str *out);
