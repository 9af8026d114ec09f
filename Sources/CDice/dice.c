// SPDX-License-Identifier: Apache-2.0

#include "dice.h"

#include <sodium.h>
#include <string.h>

static uint64_t state;

// Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
static uint64_t next_word(void) {
    uint64_t mixed = (state += UINT64_C(0x9E3779B97F4A7C15));
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ (mixed >> 31);
}

static const char *name(void) { return "onegrid-dice"; }

static uint32_t word(void) { return (uint32_t)(next_word() >> 32); }

static void fill(void *const buffer, const size_t size) {
    unsigned char *bytes = buffer;
    for (size_t index = 0; index < size; index += 8) {
        uint64_t value = next_word();
        unsigned char piece[8];
        for (int byte = 0; byte < 8; byte++) piece[byte] = (unsigned char)(value >> (8 * byte));
        memcpy(bytes + index, piece, size - index < 8 ? size - index : 8);
    }
}

void dice_install(void) {
    static randombytes_implementation implementation;
    implementation.implementation_name = name;
    implementation.random = word;
    implementation.buf = fill;
    randombytes_set_implementation(&implementation);
}

void dice_set_seed(uint64_t seed) { state = seed; }
