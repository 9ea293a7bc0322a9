/* dtlint: what a device tree holds that nobody can have meant, and that no tool says. The blob passed dtb_check. */
#pragma once

struct arena;
struct err;

/* Names that the preprocessor ate (`linux,code` became `1,code`), and phandles that two nodes have. Collects mistakes.
 */
int dtlint(const void *p, const char *shown, struct err *err);

/* Where `reg` of a node is not whole entries of what its parent's #address-cells and #size-cells make. */
struct dt_fault {
	const char *path;
	const char *what; /* a sentence about it */
};
/* All of them, in the arena; ended by an entry whose path is NULL. */
struct dt_fault *dtlint_lengths(const void *p, struct arena *a);
/* Where an enabled node has an address that another enabled one of its bus has, too. Only of buses whose addresses have
 * no size (#size-cells 0: I2C, SPI, MDIO): registers of a memory bus may be one device's and another's. */
struct dt_fault *dtlint_twins(const void *p, struct arena *a);
