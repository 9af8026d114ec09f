// SPDX-License-Identifier: Apache-2.0

import GridStore

extension CompactionSizes {
    /// Small, because a world of the simulator has some hundred entries.
    static let smallWorlds: CompactionSizes = {
        var sizes = CompactionSizes()
        sizes.freshMax = 6
        sizes.freshBytesMax = 1_000
        sizes.fullBytesMin = 4_000
        return sizes
    }()
}
