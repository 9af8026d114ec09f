// SPDX-License-Identifier: Apache-2.0

import CMalloc

/// Memory that was freed and that the allocator still keeps from the rest of the machine.
enum FreedMemory {
    /// Gives it back. After a verification or an import that is tens of megabytes; it costs
    /// milliseconds.
    static func giveBack() { _ = malloc_trim(0) }
}
