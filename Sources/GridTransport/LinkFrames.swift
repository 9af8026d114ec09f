// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// The frames a peer sends, in order. It ends without an error when this side closes the link or
/// cancels the task, else with the link's `LinkFailure`, `peerClosed` included.
package struct LinkFrames: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = LinkFailure

    let base: NIOAsyncChannelInboundStream<[[UInt8]]>
    let state: LinkState

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var base: NIOAsyncChannelInboundStream<[[UInt8]]>.AsyncIterator
        fileprivate let state: LinkState
        fileprivate var batch: ArraySlice<[UInt8]> = []

        package mutating func next() async throws(LinkFailure) -> [UInt8]? {
            while batch.isEmpty {
                do {
                    guard let next = try await base.next() else { return try endOfStream() }
                    batch = next[...]
                } catch let failure as LinkFailure {
                    throw failure
                } catch is CancellationError {
                    return nil
                } catch {
                    throw state.end ?? .connectionLost("\(error)")
                }
            }
            return batch.popFirst()
        }

        private func endOfStream() throws(LinkFailure) -> [UInt8]? {
            guard let end = state.end, end != .closed else { return nil }
            throw end
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), state: state)
    }
}
