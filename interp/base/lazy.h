/* lazy: libraries that are loaded when first used. The tables are made by interp/lazy.sh. */
#pragma once

extern void *lazy_slots[];                 /* where each function is, once it was called */
extern const char *const lazy_names[];     /* of the functions */
extern const unsigned char lazy_library[]; /* in which file each is */
extern const char *const lazy_files[];

/* Loads the library of the `i`th function and gives its address; ends the program where there is none. */
void *lazy_bind(unsigned long i);
