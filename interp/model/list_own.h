/* list_own: the alphabet of lists, shared by list.c, which writes them, and list_read.c. */
#pragma once
#include "model/tree.h"

#define LIST_FIRST "jkr list 1\n"

enum { LIST_PATH = 4095, LIST_TYPES = 8 };

struct list_type {
	char type;
	uint32_t fmt;
	bool opaque;
};
extern const struct list_type list_types[LIST_TYPES];

/* Stands for itself in a field. */
static inline bool
list_plain(unsigned char c)
{
	return c >= 0x20 && c != 0x7f && c != '\\';
}
