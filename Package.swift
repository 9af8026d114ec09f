// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// The one settings list of the house. Every target, test and program is compiled with it.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let configuration = Target.Dependency.product(
    name: "Configuration", package: "swift-configuration")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let arguments = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")

let package = Package(
    name: "onegrid",
    products: [
        .executable(name: "gridd", targets: ["gridd"]),
        .executable(name: "gridctl", targets: ["gridctl"]),
        .executable(name: "gridsim", targets: ["gridsim"]),
        .executable(name: "gridbench", targets: ["gridbench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Doors to C libraries.
        .systemLibrary(
            name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .target(name: "CFileBirth"),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "CRunPacking", dependencies: ["CZstd"]),
        .systemLibrary(name: "CQRCodegen", providers: [.apt(["libqrcodegen-dev"])]),
        .systemLibrary(
            name: "CXlsxWriter", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"])]),

        // A disk under SQLite that loses power, and dice under libsodium, for the simulator.
        .target(name: "CFaultyDisk", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(name: "CDice", dependencies: ["CSodium"]),

        // Floor 0.
        .target(name: "GridCore", swiftSettings: house),
        // Floor 1.
        .target(name: "GridCodec", dependencies: ["GridCore"], swiftSettings: house),
        .target(name: "GridCrypto", dependencies: ["CSodium"], swiftSettings: house),
        .target(name: "GridSheet", dependencies: ["GridCore"], swiftSettings: house),
        .target(
            name: "GridTransport", dependencies: ["GridCrypto", log] + nio, swiftSettings: house),
        // Floor 2.
        .target(
            name: "GridLog", dependencies: ["GridCore", "GridCodec", "GridCrypto", "CRunPacking"],
            swiftSettings: house),
        // Floor 3.
        .target(
            name: "GridSync", dependencies: ["GridCore", "GridCodec", "GridLog"],
            swiftSettings: house),
        // Floor 4.
        .target(
            name: "GridStore",
            dependencies: [
                "GridCore", "GridCodec", "GridCrypto", "GridLog", "GridSync", "CFileBirth",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: house),
        // Floor 5.
        .target(
            name: "GridNode",
            dependencies: [
                "GridCore", "GridCodec", "GridCrypto", "GridLog", "GridSync", "GridStore",
                "GridTransport", "CMalloc", log, metrics, lifecycle, configuration, systemPackage,
            ],
            swiftSettings: house),
        .target(
            name: "GridSimulator",
            dependencies: [
                "GridCore", "GridCodec", "GridCrypto", "GridLog", "GridSync", "GridStore",
                "CDice", "CFaultyDisk",
            ],
            swiftSettings: house),
        // Floor 6.
        .target(
            name: "GridHTTP",
            dependencies: [
                "GridCore", "GridLog", "GridNode", log, lifecycle,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ],
            swiftSettings: house),
        // Floor 7.
        .executableTarget(
            name: "gridd",
            dependencies: [
                "GridStore", "GridNode", "GridHTTP", log, lifecycle, unixSignals, arguments,
            ],
            swiftSettings: house),
        .executableTarget(
            name: "gridctl",
            dependencies: [
                "GridCore", "GridCodec", "GridCrypto", "GridSheet", "GridTransport", "GridLog",
                "GridStore", "CQRCodegen", "CXlsxWriter", arguments,
                nioHTTP,
            ] + nio,
            swiftSettings: house),
        .executableTarget(
            name: "gridsim", dependencies: ["GridSimulator", arguments], swiftSettings: house),
        .executableTarget(
            name: "gridbench",
            dependencies: [
                "GridCore", "GridCrypto", "GridLog", "GridSync", "GridStore", "GridTransport",
                "GridNode", "GridHTTP", log, lifecycle, unixSignals, arguments,
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: house),

        // Tests, and what several of them lean on.
        .target(
            name: "GridTesting", dependencies: ["GridCore", "GridLog"], path: "Tests/GridTesting",
            swiftSettings: house),
        .testTarget(
            name: "GridCoreTests", dependencies: ["GridCore", "GridTesting"], swiftSettings: house),
        .testTarget(
            name: "GridCodecTests", dependencies: ["GridCore", "GridCodec", "GridTesting"],
            swiftSettings: house),
        .testTarget(name: "GridCryptoTests", dependencies: ["GridCrypto"], swiftSettings: house),
        .testTarget(name: "GridSheetTests", dependencies: ["GridSheet"], swiftSettings: house),
        .testTarget(
            name: "GridTransportTests", dependencies: ["GridTransport", "GridCrypto"],
            swiftSettings: house),
        .testTarget(
            name: "GridLogTests",
            dependencies: ["GridCore", "GridCodec", "GridCrypto", "GridLog", "GridTesting"],
            swiftSettings: house),
        .testTarget(
            name: "GridSyncTests",
            dependencies: [
                "GridCore", "GridCodec", "GridCrypto", "GridLog", "GridSync", "GridTesting",
            ],
            swiftSettings: house),
        .testTarget(
            name: "GridStoreTests",
            dependencies: [
                "GridCore", "GridCodec", "GridCrypto", "GridLog", "GridSync", "GridStore",
                "GridTesting", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: house),
        .testTarget(
            name: "GridSimulatorTests",
            dependencies: [
                "GridCore", "GridLog", "GridSync", "GridStore", "GridSimulator", "CFaultyDisk",
            ],
            swiftSettings: house),
        .testTarget(
            name: "GridNodeTests",
            dependencies: [
                "GridCore", "GridCrypto", "GridLog", "GridSync", "GridStore", "GridTransport",
                "GridNode", "GridHTTP", log, lifecycle,
            ],
            swiftSettings: house),
    ]
)
