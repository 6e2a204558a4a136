#include <stddef.h>
#include <stdint.h>

uint32_t sum_of_bytes(const uint8_t *bytes, size_t count) {
    uint32_t sum = 0;
    for (size_t at = 0; at < count; at++)
        sum += bytes[at];
    return sum;
}
