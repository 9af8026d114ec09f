// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
package import GridStore
import GridSync

/// Writes that are carried out together, in their order: all of them or none.
package struct WriteOrder: Sendable {
    /// Writes of one order; bounds how long others wait for the commit.
    package static let writesMax = 500

    package var writes: [WriteRequest]
    /// The app's own name for the order, by which it may be sent again; nil where it may not.
    package var key: AnswerKey?
    /// What the order is answered with when all of it is written.
    package var rendering: @Sendable ([WriteReceipt]) -> JSONValue

    package init(
        _ writes: [WriteRequest], key: AnswerKey? = nil,
        rendering: @escaping @Sendable ([WriteReceipt]) -> JSONValue = { _ in .null }
    ) {
        self.writes = writes
        self.key = key
        self.rendering = rendering
    }
}

/// What became of an order.
enum OrderOutcome: Sendable {
    case written([WriteReceipt])
    /// It was carried out before, and this was the answer.
    case remembered(JSONValue)
}

extension ReplicationEngine {
    /// Carries out one local write; returns when it is durable.
    package nonisolated func submit(_ request: WriteRequest) async throws -> WriteReceipt {
        guard case .written(let receipts) = try await outcome(of: WriteOrder([request])) else {
            preconditionFailure("an order without a key was remembered")
        }
        return receipts[0]
    }

    /// Carries out an order; returns the answer when it is durable.
    package nonisolated func submit(_ order: WriteOrder) async throws -> JSONValue {
        switch try await outcome(of: order) {
        case .written(let receipts): order.rendering(receipts)
        case .remembered(let answer): answer
        }
    }

    /// Carries out an order within the transaction. What is wrong with it is its own result, and
    /// leaves nothing behind; what is wrong with the store ends the whole batch.
    func carryOut(
        _ order: WriteOrder, batch: inout ReplicaBatch, transaction: StoreTransaction
    ) throws -> Result<OrderOutcome, any Error> {
        if let key = order.key, let kept = try transaction.answer(to: key) {
            guard kept.request == key.request else {
                return .failure(
                    DeskRefusal(
                        .wrongValues, "key_reused",
                        chinese: "这个 Idempotency-Key 已用于另一个请求,请换一个。没有保存。",
                        english: """
                            This Idempotency-Key was used for another request; take a new one. \
                            Nothing was saved.
                            """))
            }
            return .success(.remembered(kept.answer))
        }
        let before = order.writes.count > 1 ? batch : nil
        var receipts: [WriteReceipt] = []
        for (index, request) in order.writes.enumerated() {
            switch try write(request, batch: &batch, transaction: transaction) {
            case .success(let receipt): receipts.append(receipt)
            case .failure(let error):
                if let before { batch = before }
                let refusal = error as? DeskRefusal
                return .failure(
                    before == nil ? error : refusal?.moved(below: "/writes/\(index)") ?? error)
            }
        }
        if let key = order.key {
            try transaction.remember(order.rendering(receipts), to: key, now: WallClock.now)
        }
        return .success(.written(receipts))
    }
}
