// SPDX-License-Identifier: Apache-2.0
//
// The random bytes of libsodium from a seed, for the simulator: keys, nonces and salts are then the
// same on every machine.

#ifndef DICE_H
#define DICE_H

#include <stdint.h>

/// Makes libsodium draw its random bytes from SplitMix64 from now on. Call before the first use of
/// libsodium; one thread at a time may draw.
void dice_install(void);

/// Begins anew from a seed.
void dice_set_seed(uint64_t seed);

#endif
