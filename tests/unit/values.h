/* values: written values as a test writes them. */
#pragma once
#include <string.h>

#include "data/value.h"

#define AT(k)                                          \
	{                                              \
		.file = "t.lua", .key = (k), .line = 1 \
	}
#define STR(t)                                                                 \
	{                                                                      \
		.type = V_STRING, .at = AT(NULL), .str = {(t), sizeof(t) - 1 } \
	}
#define INT(n)                                          \
	{                                               \
		.type = V_INT, .at = AT(NULL), .i = (n) \
	}
#define BOOL(x)                                          \
	{                                                \
		.type = V_BOOL, .at = AT(NULL), .b = (x) \
	}
#define TRI(c)                                            \
	{                                                 \
		.type = V_TRI, .at = AT(NULL), .tri = (c) \
	}
#define NIL                                   \
	{                                     \
		.type = V_NIL, .at = AT(NULL) \
	}
#define REF(n, p)                                                 \
	{                                                         \
		.type = V_REF, .at = AT(NULL), .ref = {(n), (p) } \
	}
#define TEXT(n, p)                                                 \
	{                                                          \
		.type = V_TEXT, .at = AT(NULL), .ref = {(n), (p) } \
	}
#define FILE_AT(folder, path)                                                                               \
	{                                                                                                   \
		.type = V_FILE, .at = AT(NULL), .file = {.root = (folder), .rel = (path), .shown = (path) } \
	}
#define COUNT(a) (sizeof(a) / sizeof *(a))
#define TABLE(it, nit, fi, nfi)                                                       \
	{                                                                             \
		.type = V_TABLE, .at = AT(NULL), .table = {(it), (nit), (fi), (nfi) } \
	}
#define ITEMS(a) TABLE((a), COUNT(a), NULL, 0)
#define FIELDS(a) TABLE(NULL, 0, (a), COUNT(a))
