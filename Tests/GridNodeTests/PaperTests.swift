// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridHTTP
import GridNode
import Testing

/// `Protocol/openapi.yaml`, as it is served, against the routes that there are.
struct PaperTests {
    private struct Paper: Decodable {
        struct Operation: Decodable {
            let operationId: String
        }

        /// A member of a path: an operation, or the parameters of all of them.
        enum Member: Decodable {
            case operation(Operation)
            case other

            init(from decoder: any Decoder) throws {
                self =
                    (try? Operation(from: decoder)).map { .operation($0) } ?? .other
            }
        }

        let paths: [String: [String: Member]]
    }

    private func paper() throws -> Paper {
        try JSONDecoder().decode(Paper.self, from: Data(APIServer.paper.utf8))
    }

    @Test func everyRouteStandsInThePaperAndEveryPathOfThePaperIsARoute() throws {
        let county = try TestCounty()
        defer { county.remove() }
        let engine = try openEngine(try county.makeVillage("522730103210", name: "茶香村"))
        let routes = Set(
            APIServer.routes(Desk(engine: engine, board: LinkBoard(), version: "0")))
        let named = Set(
            try paper().paths.flatMap { path, members in
                members.compactMap { name, member -> String? in
                    guard case .operation = member else { return nil }
                    return "\(name.uppercased()) \(path)"
                }
            })
        let missing = routes.subtracting(named).sorted()
        #expect(missing == [], "name these in Protocol/openapi.yaml, then scripts/generate-openapi")
        #expect(named.subtracting(routes).sorted() == [], "the paper names these; none is a route")
    }

    @Test func everyOperationHasANameOfItsOwn() throws {
        let names = try paper().paths.values.flatMap(\.values).compactMap { member -> String? in
            if case .operation(let operation) = member { operation.operationId } else { nil }
        }
        #expect(names.count == Set(names).count)
        #expect(names.count > 40)
    }
}
