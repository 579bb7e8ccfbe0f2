/* SPDX-License-Identifier: ISC */
/* tests/fuzz/fuzz_image.c - octets as an image whose size and checksum are right, so that what is
 * behind them is tried: refused, or harmless to use. */
#include <stddef.h>
#include <string.h>

#include "tests/help/fuzz.h"
#include "tests/help/image_walk.h"
#include "tests/help/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	struct image_header h;
	struct image *image;
	uint8_t *forged = malloc(size ? size : 1);

	must(forged != NULL, "out of memory");
	memcpy(forged, octets, size);
	if (size >= sizeof h) {
		memcpy(&h, octets, sizeof h);
		memcpy(h.magic, IMAGE_MAGIC, sizeof h.magic);
		h.version = IMAGE_VERSION;
		h.byte_order = IMAGE_BYTE_ORDER;
		h.size = size;
		memcpy(forged, &h, sizeof h);
		image_set_serial(forged, size, h.serial);
	}
	if (image_open(&image, forged, size) != OK) {
		free(forged);
		return 0;
	}
	image_use(image);
	free(image_dump(image));
	free(image_dump_rules(image));
	image_unref(image);
	return 0;
}

FUZZ_MAIN("image", 60000)
