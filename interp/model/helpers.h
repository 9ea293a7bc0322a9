/* helpers: servers by which compiles are shared or spread, as the configuration of who runs jkr names them. They are in
 * no key: what they give has to be what the toolchain's own compiler gives. */
#pragma once
#include <stdbool.h>

struct compile_helpers {
	const char *ccache;        /* http://HOST[:PORT]/PATH, or NULL */
	bool ccache_write;         /* what ccache makes here is sent there */
	const char *const *distcc; /* "HOST[:PORT][/JOBS]" …, NULL; or NULL */
};
