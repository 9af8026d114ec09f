// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridTesting
import Testing

/// Random histories of forty entries by five replicas, with all kinds of field in one record.
struct LargeWorldLawTests {
    private let model = RecordModel(letters: [
        .touch, .archive,
        .edit(RecordModel.registerField, .assign(.text("dry"))),
        .edit(RecordModel.registerField, .assign(.text("wet"))),
        .edit(RecordModel.registerField, .clear),
        .edit(RecordModel.fixedField, .assign(.integer(1))),
        .edit(RecordModel.fixedField, .assign(.integer(2))),
        .edit(RecordModel.ownedField, .assign(.integer(1)), level: .village),
        .edit(RecordModel.ownedField, .assign(.integer(2)), level: .township),
        .edit(4, .add([.text("old"), .text("poor")])),
        .edit(4, .remove([.text("old"), .text("sick")])),
        .edit(5, .append([.text("seen")])),
        .edit(6, .increment(.max)),
        RecordModel.Letter(writes: [
            FieldWrite(field: 1, operation: .assign(.boolean(true))),
            FieldWrite(field: 4, operation: .add([.text("sick")])),
            FieldWrite(field: 4, operation: .remove([.text("poor")])),
            FieldWrite(field: 6, operation: .increment(5)),
        ]),
    ])

    @Test func allKindsTogetherObeyTheMergeLaws() {
        var random = SplitMix64()
        for _ in 0..<25 {
            let world = MergeWorld.random(
                replicas: 5, count: 40, alphabet: model.alphabet, using: &random)
            let breach = MergeLaws.breach(of: model, in: world, rounds: 6, using: &random)
            #expect(breach == nil, "ONEGRID_SEED=\(random.seed)")
        }
    }
}
