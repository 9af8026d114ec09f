// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// The settings of the house, made to be fuzzed: with coverage, addresses checked, and fast.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
    .unsafeFlags(["-O", "-sanitize=fuzzer,address"]),
]

/// What is fuzzed, from the same sources as the programs, but without GRDB and NIO: their builds
/// would take longer than the fuzzing. `Sources` is a link to the folder beside this one.
let package = Package(
    name: "onegrid-fuzz",
    targets: [
        .systemLibrary(name: "CSodium", path: "Sources/CSodium", pkgConfig: "libsodium"),
        .systemLibrary(name: "CZstd", path: "Sources/CZstd", pkgConfig: "libzstd"),
        .target(name: "CRunPacking", dependencies: ["CZstd"], path: "Sources/CRunPacking"),
        .target(name: "GridCore", path: "Sources/GridCore", swiftSettings: house),
        .target(
            name: "GridCodec", dependencies: ["GridCore"], path: "Sources/GridCodec",
            swiftSettings: house),
        .target(
            name: "GridCrypto", dependencies: ["CSodium"], path: "Sources/GridCrypto",
            swiftSettings: house),
        .target(
            name: "GridSheet", dependencies: ["GridCore"], path: "Sources/GridSheet",
            swiftSettings: house),
        .target(
            name: "GridTransport", dependencies: ["GridCrypto"], path: "Sources/GridTransport",
            sources: [
                "ByteQueue.swift", "ConnectFault.swift", "FrameBuffer.swift", "LinkFailure.swift",
                "LinkGreeting.swift", "LinkRefusal.swift",
                "LinkMachine.swift", "LinkPurpose.swift", "TransportLimits.swift",
            ],
            swiftSettings: house),
        .target(
            name: "GridLog", dependencies: ["GridCore", "GridCodec", "GridCrypto", "CRunPacking"],
            path: "Sources/GridLog", swiftSettings: house),
        .target(
            name: "GridSync", dependencies: ["GridCore", "GridCodec", "GridLog"],
            path: "Sources/GridSync", swiftSettings: house),
        .target(
            name: "GridStore", dependencies: ["GridCore", "GridCodec", "GridLog"],
            path: "Sources/GridStore",
            sources: [
                "Folder/HeadLedger.swift", "Folder/NodeFolder.swift", "Folder/StoreFailure.swift",
                "Tables/RecordState+Coding.swift", "Tables/TableSchema.swift",
            ],
            swiftSettings: house),
        .executableTarget(
            name: "gridfuzz",
            dependencies: [
                "GridCore", "GridCodec", "GridCrypto", "GridSheet", "GridTransport", "GridLog",
                "GridSync", "GridStore",
            ],
            path: "gridfuzz", swiftSettings: house + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
    ]
)
