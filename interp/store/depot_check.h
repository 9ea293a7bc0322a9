/* depot_check: a folder with results and blobs, looked at where it lies: what is damaged, what leads nowhere. */
#pragma once
#include "store/store.h"

struct depot_found {
	uint64_t results, blobs, bytes, damaged;
};

/* Hashes each blob and reads each result below `path`; names what is damaged by `report`, and removes it with `repair`:
 * blobs that are not what they are called, what is no result, results that name a blob which is not there, and what a
 * killed writer left more than a day ago. */
int depot_check_folder(const char *path, bool repair, store_report_fn report, void *ctx, struct depot_found *out,
		       struct err *err);
