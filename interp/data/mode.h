/* mode: who may do what with a file, as recipes write it: "0644". */
#pragma once

struct err;

int mode_parse(const char *s); /* -1: it is none */
/* A mistake of the parameter `mode`; NULL and what is known later are none. */
int mode_check(const char *s, struct err *err);
