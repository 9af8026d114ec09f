// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import Testing

@testable import GridStore

/// What has passed links is remembered by day.
struct LinkUsageTests {
    @Test func aDayAddsUpAndOldDaysAreForgotten() throws {
        try withFolder { folder in
            let store = try Store(folder.folder)
            let key = County.author(11).key
            let other = County.author(2).key
            try store.add([key: LinkUsage(sent: 5, received: 7, free: 2)], on: 20_000)
            try store.add(
                [key: LinkUsage(sent: 1, received: 1), other: LinkUsage(received: 9)], on: 20_000)
            #expect(
                try store.linkUsage(on: 20_000) == [
                    key: LinkUsage(sent: 6, received: 8, free: 2), other: LinkUsage(received: 9),
                ])
            #expect(try store.linkUsage(on: 20_001).isEmpty)
            try store.add([key: LinkUsage(sent: 1)], on: 20_400)
            #expect(try !store.linkUsage(on: 20_000).isEmpty)
            try store.add([key: LinkUsage(sent: 1)], on: 20_401)
            #expect(try store.linkUsage(on: 20_000).isEmpty)
            // A clock that is far behind takes nothing else with it.
            try store.add([key: LinkUsage(sent: 1)], on: -719_162)
            #expect(try store.linkUsage(on: 20_401)[key]?.sent == 1)
        }
    }
}
