#include "data/dtrefs.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "data/fdt.h"

/* Names, by their whole or by their beginning or end, and the property that says how many cells follow; NULL: none. */
static const struct {
	const char *name, *cells;
	enum { WHOLE, BEGINS, ENDS } how;
} names[] = {
	{"clocks", "#clock-cells", WHOLE},
	{"assigned-clocks", "#clock-cells", WHOLE},
	{"assigned-clock-parents", "#clock-cells", WHOLE},
	{"dmas", "#dma-cells", WHOLE},
	{"interrupts-extended", "#interrupt-cells", WHOLE},
	{"io-channels", "#io-channel-cells", WHOLE},
	{"iommus", "#iommu-cells", WHOLE},
	{"mboxes", "#mbox-cells", WHOLE},
	{"phys", "#phy-cells", WHOLE},
	{"power-domains", "#power-domain-cells", WHOLE},
	{"pwms", "#pwm-cells", WHOLE},
	{"resets", "#reset-cells", WHOLE},
	{"sound-dai", "#sound-dai-cells", WHOLE},
	{"thermal-sensors", "#thermal-sensor-cells", WHOLE},
	{"-gpios", "#gpio-cells", ENDS},
	{"-gpio", "#gpio-cells", ENDS},
	{"interrupt-parent", NULL, WHOLE},
	{"remote-endpoint", NULL, WHOLE},
	{"memory-region", NULL, WHOLE},
	{"nvmem-cells", NULL, WHOLE},
	{"phy-handle", NULL, WHOLE},
	{"operating-points-v2", NULL, WHOLE},
	{"next-level-cache", NULL, WHOLE},
	{"cpu", NULL, WHOLE},
	{"backlight", NULL, WHOLE},
	{"panel", NULL, WHOLE},
	{"ports", NULL, WHOLE},
	{"dais", NULL, WHOLE},
	{"pinctrl-", NULL, BEGINS},
	{"-supply", NULL, ENDS},
};

static bool
is_named(const char *name, size_t i)
{
	return names[i].how == WHOLE ? !strcmp(name, names[i].name)
	       : names[i].how == BEGINS
		       ? str_starts(name, names[i].name) && isdigit((unsigned char)name[strlen(names[i].name)])
		       : str_ends(name, names[i].name);
}

static uint32_t
cell(const void *p, size_t i)
{
	const unsigned char *b = (const unsigned char *)p + 4 * i;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

bool
dtrefs_cell(const struct dtb_node *n, const char *name, uint32_t *out)
{
	for (size_t i = 0; i < n->nprops; i++)
		if (!strcmp(n->props[i].name, name) && n->props[i].len == 4) {
			*out = cell(n->props[i].p, 0);
			return true;
		}
	return false;
}

bool
dtrefs_has(const struct dtb_prop *q, uint32_t phandle, dtrefs_node_fn node, const void *ctx)
{
	size_t k = 0, n = q->len / 4;

	while (k < ARRAY_LEN(names) && !is_named(q->name, k))
		k++;
	if (k == ARRAY_LEN(names) || q->len % 4)
		return false;
	for (size_t i = 0; i < n;) {
		uint32_t to = cell(q->p, i), behind = 0;
		const struct dtb_node *target = to ? node(ctx, to) : NULL;

		if (to == phandle)
			return true;
		if (names[k].cells && to && (!target || !dtrefs_cell(target, names[k].cells, &behind)))
			return false;
		if (behind > n)
			return false;
		i += 1 + (size_t)behind;
	}
	return false;
}
