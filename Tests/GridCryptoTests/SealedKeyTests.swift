// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCrypto
import Testing

struct SealedKeyTests {
    /// The least that a file may ask for.
    private static let quick = PasswordHash.Strength(passes: 1, kibibytes: 8_192)

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "onegrid-seal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path + "/root.key")
    }

    private func seal(_ text: String) -> KeyFile.Seal {
        KeyFile.Seal(Passphrase(Array(text.utf8)), strength: Self.quick)
    }

    private func open(_ path: String, _ text: String) throws -> SigningKey {
        try KeyFile.content(at: path).open { Passphrase(Array(text.utf8)) }
    }

    private func reason(_ body: () throws -> Void) -> KeyFileFailure.Reason? {
        do {
            try body()
            return nil
        } catch {
            return (error as? KeyFileFailure)?.reason
        }
    }

    @Test func aSealedKeyIsOpenedByItsPassphraseOnly() throws {
        try withFolder { path in
            let key = SigningKey.generate()
            try KeyFile.create(key, at: path, sealedBy: seal("correct horse"))
            let content = try KeyFile.content(at: path)
            #expect(content.isSealed)
            #expect(content.publicKey == key.publicKey)
            #expect(try open(path, "correct horse").sign([1]) == key.sign([1]))
            #expect(reason { _ = try open(path, "correct hors") } == .wrongPassphrase)
            #expect(reason { _ = try KeyFile.read(at: path) } == .sealed)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(attributes[.size] as? Int == 282)
        }
    }

    @Test func aPlainKeyIsOpenedWithoutAskingForAPassphrase() throws {
        try withFolder { path in
            let key = SigningKey.generate()
            try KeyFile.create(key, at: path)
            let content = try KeyFile.content(at: path)
            #expect(!content.isSealed)
            let opened = try content.open {
                Issue.record("a passphrase was asked for")
                return Passphrase([1])
            }
            #expect(opened.publicKey == key.publicKey)
        }
    }

    /// The seed is nowhere in the file.
    @Test func twoSealsOfOneKeyHaveNothingInCommonButThePublicKey() throws {
        try withFolder { path in
            let key = SigningKey(seed: [UInt8](repeating: 7, count: 32))
            try KeyFile.create(key, at: path, sealedBy: seal("one"))
            try KeyFile.create(key, at: path + "2", sealedBy: seal("one"))
            let texts = try [path, path + "2"].map {
                try String(contentsOfFile: $0, encoding: .utf8)
            }
            #expect(texts[0] != texts[1])
            for text in texts {
                #expect(text.hasPrefix("onegrid-ed25519-sealed-1\n"))
                #expect(!text.contains("070707"))
            }
        }
    }

    @Test func theSealIsChangedInPlace() throws {
        try withFolder { path in
            let key = SigningKey.generate()
            try KeyFile.create(key, at: path)
            try KeyFile.replace(with: key, at: path, sealedBy: seal("first one"))
            #expect(try open(path, "first one").publicKey == key.publicKey)
            try KeyFile.replace(with: key, at: path, sealedBy: seal("second one"))
            #expect(reason { _ = try open(path, "first one") } == .wrongPassphrase)
            #expect(try open(path, "second one").publicKey == key.publicKey)
            try KeyFile.replace(with: key, at: path, sealedBy: nil)
            #expect(try KeyFile.read(at: path).publicKey == key.publicKey)
            let folder = (path as NSString).deletingLastPathComponent
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["root.key"])
        }
    }

    @Test func anotherKeyNeverTakesThePlaceOfOne() throws {
        try withFolder { path in
            let key = SigningKey.generate()
            try KeyFile.create(key, at: path)
            #expect(
                reason { try KeyFile.replace(with: .generate(), at: path, sealedBy: nil) }
                    == .alreadyExists)
            #expect(try KeyFile.read(at: path).publicKey == key.publicKey)
        }
    }

    /// Passes and memory are authenticated, and bounded before they are believed: 0, 17 and 2³²−1
    /// passes; 8 MiB less 1 KiB, and more than 1 GiB.
    @Test(arguments: [
        (0, "00000000"), (0, "00000011"), (0, "ffffffff"), (8, "00001fff"), (8, "00100001"),
        (8, "ffffffff"),
    ])
    func aFileThatAsksForMoreWorkThanAllowedIsNoKey(_ place: Int, _ digits: String) throws {
        try withFolder { path in
            try KeyFile.create(.generate(), at: path, sealedBy: seal("correct horse"))
            try alter(path, place, digits)
            #expect(reason { _ = try KeyFile.content(at: path) } == .wrongContent)
        }
    }

    /// One place each of passes, salt, nonce, public key and box.
    @Test(arguments: [7, 20, 60, 110, 170, 255])
    func anAlteredFileDoesNotOpen(_ place: Int) throws {
        try withFolder { path in
            try KeyFile.create(.generate(), at: path, sealedBy: seal("correct horse"))
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let old = Array(text.dropFirst(25))[place]
            try alter(path, place, old == "2" ? "3" : "2")
            #expect(reason { _ = try open(path, "correct horse") } == .wrongPassphrase)
        }
    }

    @Test func bytesThatAreNoTextAreNoKey() throws {
        try withFolder { path in
            for count in [87, 88, 89, 281, 282, 283] {
                try Data(repeating: 0xFF, count: count).write(to: URL(filePath: path))
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o600], ofItemAtPath: path)
                #expect(reason { _ = try KeyFile.content(at: path) } == .wrongContent)
            }
        }
    }

    private func alter(_ path: String, _ place: Int, _ digits: String) throws {
        var text = Array(try String(contentsOfFile: path, encoding: .utf8))
        text.replaceSubrange(25 + place..<25 + place + digits.count, with: digits)
        try String(text).write(toFile: path, atomically: false, encoding: .utf8)
    }
}

struct PasswordHashTests {
    /// As PyNaCl computes it.
    @Test func itIsArgon2id() throws {
        let hash = PasswordHash.hash(
            Array("password".utf8), salt: Array("somesaltsomesalt".utf8), count: 32,
            strength: PasswordHash.Strength(passes: 3, kibibytes: 8_192))
        #expect(
            hash
                == bytes(
                    "02950b5580d9c4909f78967fb3a6bfe9f0839ed64b932b118aba21ec89705b29"))
    }

    @Test func passphrasesAreComparedWhole() {
        #expect(Passphrase([1, 2]).matches(Passphrase([1, 2])))
        #expect(!Passphrase([1, 2]).matches(Passphrase([1, 2, 3])))
        #expect(!Passphrase([1, 2]).matches(Passphrase([1, 3])))
    }
}
