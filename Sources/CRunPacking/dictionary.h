// SPDX-License-Identifier: Apache-2.0

#ifndef RUN_PACKING_DICTIONARY_H
#define RUN_PACKING_DICTIONARY_H

enum { run_packing_dictionary_number = 32769, run_packing_dictionary_size = 16384 };

/// Protocol/runs.md, "Dictionary".
extern const unsigned char run_packing_dictionary[run_packing_dictionary_size];

#endif
