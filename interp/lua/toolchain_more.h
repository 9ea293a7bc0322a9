/* toolchain_more: what a recipe asks of a toolchain beyond its file: toolchain { "debian-arm64", ccache = true,
 * packages = { "sparse" } }. */
#pragma once
#include "lua/shape.h"

struct toolchain_more {
	bool ccache, distcc;
	const char *const *packages; /* of the image, ccache and distcc among them */
	size_t npackages;
	const char *suffix; /* of the image's name: "+ccache+sparse", or "" */
};

/* From the table at 1, or nothing of it where that is no table; raises. */
struct toolchain_more toolchain_more(lua_State *L, const struct call *call);
/* Adds the packages to the image whose table is on top. */
void toolchain_packages(lua_State *L, const struct toolchain_more *more);
/* Sets the field `ccache` of the toolchain whose table is on top; with it, or with distcc, the compiler among its
 * flags, and what they find in their environment. */
void toolchain_compiler(lua_State *L, const struct toolchain_more *more);
