// SPDX-License-Identifier: Apache-2.0

internal import NIOPosix

/// The thread that all links share: they wait far more than they work, and memory is short.
enum TransportThreads {
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
}
