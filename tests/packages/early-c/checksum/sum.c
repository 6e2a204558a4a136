#include <stddef.h>
#include <stdint.h>

static volatile uint32_t seed = 3;
static uint32_t weights[256];

/* Runs when the file is loaded; compilers use the widest vectors that they may. */
__attribute__((constructor)) static void fill_weights(void) {
    uint32_t factor = seed;
    for (uint32_t at = 0; at < 256; at++)
        weights[at] = at * factor + 1;
}

uint32_t sum_of_bytes(const uint8_t *bytes, size_t count) {
    uint32_t sum = 0;
    for (size_t at = 0; at < count; at++)
        sum += weights[bytes[at]];
    return sum;
}
