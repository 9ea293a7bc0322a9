/* A step that comes from another machine. */
#include "fuzz.h"

#include "model/parcel.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = {0};
	struct parcel p;

	fuzz_ended(parcel_read(data, size, "/scratch", &p, &err), &err);
	parcel_free(&p);
	return 0;
}
