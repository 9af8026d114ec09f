// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

/// Every history of four entries by three replicas, for every kind of field.
struct SmallWorldLawTests {
    private static let shapes = MergeWorld.shapes(replicas: 3, count: 4)

    private func expectLaws(_ letters: RecordModel.Letter...) {
        let model = RecordModel(letters: letters)
        for shape in Self.shapes {
            for world in shape.lettered(alphabet: model.alphabet) {
                let breach = MergeLaws.breach(of: model, in: world)
                guard breach == nil else {
                    #expect(breach == nil)
                    return
                }
            }
        }
    }

    @Test func registersObeyTheMergeLaws() {
        expectLaws(.touch, .edit(RecordModel.registerField, .assign(.text("dry"))))
    }

    @Test func clearedRegistersObeyTheMergeLaws() {
        expectLaws(
            .edit(RecordModel.registerField, .clear),
            .edit(RecordModel.registerField, .assign(.text("dry"))))
    }

    @Test func fixedFieldsObeyTheMergeLaws() {
        expectLaws(.touch, .edit(RecordModel.fixedField, .assign(.text("dry"))))
    }

    @Test func ownedRegistersObeyTheMergeLawsWithWritersOfMixedLevels() {
        expectLaws(
            .touch, .edit(RecordModel.ownedField, .assign(.text("dry")), level: .village),
            .edit(RecordModel.ownedField, .assign(.text("wet")), level: .township))
    }

    @Test func setsObeyTheMergeLaws() {
        expectLaws(
            .touch, .edit(4, .add([.text("poor")])), .edit(4, .remove([.text("poor")])))
    }

    @Test func timelinesObeyTheMergeLaws() {
        expectLaws(.touch, .edit(5, .append([.text("seen"), .text("seen")])))
    }

    @Test func countersObeyTheMergeLaws() {
        expectLaws(.touch, .edit(6, .increment(-3)))
    }

    @Test func existenceObeysTheMergeLaws() {
        expectLaws(.touch, .archive)
    }

    /// The count of shapes is known: a checker that skips some would pass in silence.
    @Test func allShapesAreThere() {
        #expect(MergeWorld.shapes(replicas: 3, count: 1).count == 1)
        #expect(MergeWorld.shapes(replicas: 3, count: 2).count == 3)
        #expect(MergeWorld.shapes(replicas: 3, count: 3).count == 18)
        #expect(Self.shapes.count == 156)
    }
}
