/* fault: mistakes found while Lua runs, as Lua errors that carry a diag. */
#pragma once
#include "lua/child.h"

struct place origin_place(const struct child *c, const struct origin *at);
/* The same with the column of a word of that line. */
struct place call_word(const struct child *c, const struct origin *at, const char *word);
/* Raises the mistake that was just put into c->raised; never returns. */
int fault_raise(lua_State *L);
int fault(lua_State *L, const char *code, const struct origin *at, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Puts a mistake into c->raised without raising it, for labels and helps. */
struct err *fault_make(lua_State *L, const char *code, const struct origin *at, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Where the running Lua function stands. */
struct origin caller(lua_State *L);
/* The message handler of every protected call: turns any error into c->raised. */
int fault_handler(lua_State *L);
/* A mistake of the compiler: "#0:12: '}' expected near 'x'". */
void fault_syntax(struct child *c, uint32_t unit, const char *msg);
/* The text of a raised mistake for `pcall`; takes it out. False: it may not be caught. */
bool fault_caught(lua_State *L);
void fault_limit(struct child *c);
