// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

/// Changes of area codes in folders: early and late hearers end equal.
struct AreaChangeStoreTests {
    private static let began: UInt64 = 1_790_000_000_000
    private static let third = County.area("522730103219")

    private func change(
        _ from: AreaCode, _ to: AreaCode, order: UInt64, by issuer: UInt8 = 2
    ) -> AreaChange {
        AreaChange(
            AreaMap.Step(from: from, to: to, kind: .merge), day: 20_000, order: order,
            issuedAt: Self.began, issuedBy: County.author(issuer))
    }

    private func withFolders(
        _ numbers: [UInt8], _ body: ([FolderReplica]) throws -> Void,
        opened: [FolderReplica] = []
    ) throws {
        guard let number = numbers.first else { return try body(opened) }
        try withFolder { folder in
            do { _ = try Node(number, in: folder) }
            let replica = try FolderReplica(
                store: try Store(folder.folder, catalogue: .small),
                author: County.author(number), now: Self.began)
            try withFolders(Array(numbers.dropFirst()), body, opened: opened + [replica])
        }
    }

    private func write(_ title: String, in area: AreaCode, by folder: FolderReplica) throws {
        _ = try folder.commit(now: Self.began) { batch, transaction in
            _ = try transaction.author([.note(title, area)], in: &batch)
        }
    }

    private func send(_ from: FolderReplica, to other: FolderReplica) throws {
        for lane in [Lane.authority, .urgent, .routine] {
            let ranges = try from.store.logs().filter {
                $0.height > 0 && $0.identity.domain.lane == lane
            }.map { FetchRequest.Range(log: $0.identity.log, first: 1) }
            guard !ranges.isEmpty else { continue }
            let runs = try from.store.runs(
                for: FetchRequest(lane: lane, ranges: ranges, bytes: .max)
            ).map { try RunVerifier.verify(RunEnvelope.open($0.envelope)) }
            _ = try other.commit(now: Self.began) { batch, transaction in
                try transaction.admit(runs, from: from.author.key, in: &batch)
            }
        }
    }

    private func titles(_ folder: FolderReplica) throws -> [String] {
        let notes = try #require(folder.store.catalogue.collection(named: "notes"))
        var filter = RecordFilter(area: County.township)
        filter.includesArchived = true
        return try folder.store.records(in: notes, where: filter).records.compactMap {
            if case .text(let text)? = $0["title"]?.value { text } else { nil }
        }.sorted()
    }

    @Test func aChangeLetsVillagesReadAndWriteInEachOtherAndLastsThroughARestart() throws {
        try withFolders([2, 11]) { folders in
            let (township, village) = (folders[0], folders[1])
            #expect(throws: FolderReplica.CommitFailure.self) {
                try write("zu früh", in: County.neighbour, by: village)
            }
            try township.keep(change(County.village, County.neighbour, order: 1))
            _ = township.publishAuthority(now: Self.began)
            try send(township, to: village)
            #expect(village.replica.carries(County.neighbour))
            #expect(village.shortenings == 1)
            try write("neu", in: County.neighbour, by: village)
            try send(village, to: township)
            #expect(try titles(township) == ["neu"])
            for folder in folders {
                #expect(try folder.store.verify().findings == [])
                _ = try folder.rebuild()
                #expect(try titles(folder) == ["neu"])
            }
        }
    }

    @Test func earlyAndLateHearersOfAContradictedChangeEndEqualAndARightComesBack() throws {
        try withFolders([1, 2, 11]) { folders in
            let (county, township, village) = (folders[0], folders[1], folders[2])
            try township.keep(change(County.village, County.neighbour, order: 2))
            _ = township.publishAuthority(now: Self.began)
            try send(township, to: village)
            try write("doch nicht", in: County.neighbour, by: village)
            try send(village, to: township)
            #expect(try titles(township) == ["doch nicht"])

            // The county has said something else before, and nobody had heard of it.
            try county.keep(change(County.village, Self.third, order: 1, by: 1))
            _ = county.publishAuthority(now: Self.began)
            try send(county, to: township)
            #expect(try titles(township) == [])
            #expect(try township.store.quarantine().map(\.key) == [County.author(11).key])
            try send(county, to: village)
            #expect(try titles(village) == [])
            #expect(!village.replica.carries(County.neighbour))
            // Who hears all of it at once takes none of it in.
            try send(township, to: county)
            try send(village, to: county)
            #expect(try titles(county) == [])
            for folder in folders { #expect(try folder.store.verify().findings == []) }

            // Before the county's word stands one that leads it in a circle.
            try county.keep(change(Self.third, County.village, order: 0, by: 1))
            _ = county.publishAuthority(now: Self.began)
            try send(county, to: township)
            #expect(try titles(township) == ["doch nicht"])
            #expect(try township.store.quarantine().isEmpty)
            #expect(try township.store.verify().findings == [])
        }
    }
}
