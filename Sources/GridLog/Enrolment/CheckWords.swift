// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridCrypto

/// Four short pairs of words, such as 红牛 or 大山, that both sides of a join show and people compare
/// by voice (Protocol/enrolment.md, "Check words").
///
/// They speak of the root, both nodes' keys and the secret: with anybody in between, who must use a
/// key of his own on either side, the two sides show other words. To look for a key that gives the
/// same words costs Argon2id for each try.
package struct CheckWords: Hashable, Sendable {
    /// One of the 1,024 pairs.
    package struct Pair: Hashable, Sendable {
        package let chinese: String
        package let pinyin: String
        package let english: String
    }

    package static let count = 4
    /// A thirtieth of a second, and 16 MiB.
    private static let strength = PasswordHash.Strength(passes: 3, kibibytes: 16_384)

    package let pairs: [Pair]

    /// The words of a join; nil when there is no memory for the work.
    ///
    /// - Parameter secret: its digest, see `InvitationCode.digest(ofSecret:)`.
    package init?(root: PublicKey, called: PublicKey, joining: PublicKey, secret: Bytes32) {
        let parts = [root.bytes, called.bytes, joining.bytes, secret].flatMap(\.array)
        let salt = Hashing.digest(parts, personal: .words).array
            .prefix(PasswordHash.saltLength)
        guard
            let hash = PasswordHash.hash(
                parts, salt: Array(salt), count: 32, strength: Self.strength)
        else { return nil }
        var bits = hash.prefix(5).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        var pairs: [Pair] = []
        for _ in 0..<Self.count {
            pairs.insert(Self.pair(Int(bits & 1023)), at: 0)
            bits >>= 10
        }
        self.pairs = pairs
    }

    package var chinese: String { pairs.map(\.chinese).joined(separator: " ") }
    package var pinyin: String { pairs.map(\.pinyin).joined(separator: ", ") }
    package var english: String { pairs.map(\.english).joined(separator: ", ") }

    /// Whether a text says the same words, in the same order: the Chinese ones, or their pinyin
    /// with or without tones (`hongniu`). What stands between the words does not matter.
    package func isSaid(by text: String) -> Bool {
        Self.isSaid(by: text, chinese: chinese, pinyin: pinyin)
    }

    /// The same of words as they are shown.
    package static func isSaid(by text: String, chinese: String, pinyin: String) -> Bool {
        let said = plain(text.lowercased()).filter { $0.isLetter }
        guard !said.isEmpty else { return false }
        return said == chinese.filter { $0.isLetter }
            || said == plain(pinyin).filter { $0.isLetter }
    }

    /// The pair of a number below 1,024: the first word by its upper five bits.
    package static func pair(_ number: Int) -> Pair {
        let (first, second) = (firstWords[number >> 5 & 31], secondWords[number & 31])
        return Pair(
            chinese: first.0 + second.0, pinyin: "\(first.1) \(second.1)",
            english: "\(first.2) \(second.2)")
    }

    private static func plain(_ pinyin: String) -> String {
        let tones: [Character: Character] = [
            "ā": "a", "á": "a", "ǎ": "a", "à": "a", "ē": "e", "é": "e", "ě": "e", "è": "e",
            "ī": "i", "í": "i", "ǐ": "i", "ì": "i", "ō": "o", "ó": "o", "ǒ": "o", "ò": "o",
            "ū": "u", "ú": "u", "ǔ": "u", "ù": "u", "ǜ": "v",
        ]
        return String(pinyin.filter { $0 != " " }.map { tones[$0] ?? $0 })
    }

    // No two words of a list sound alike, also where n and l, zh and z, sh and s, or an and ang are
    // one. The lists are part of the protocol: their order never changes.
    private static let firstWords: [(String, String, String)] = [
        ("大", "dà", "big"), ("小", "xiǎo", "small"), ("红", "hóng", "red"),
        ("黄", "huáng", "yellow"), ("蓝", "lán", "blue"), ("绿", "lǜ", "green"),
        ("白", "bái", "white"), ("黑", "hēi", "black"), ("紫", "zǐ", "purple"),
        ("金", "jīn", "golden"), ("铜", "tóng", "copper"), ("铁", "tiě", "iron"),
        ("木", "mù", "wooden"), ("玉", "yù", "jade"), ("石", "shí", "stone"),
        ("新", "xīn", "new"), ("老", "lǎo", "old"), ("高", "gāo", "high"),
        ("长", "cháng", "long"), ("圆", "yuán", "round"), ("快", "kuài", "fast"),
        ("甜", "tián", "sweet"), ("酸", "suān", "sour"), ("热", "rè", "hot"),
        ("春", "chūn", "spring"), ("秋", "qiū", "autumn"), ("东", "dōng", "eastern"),
        ("西", "xī", "western"), ("空", "kōng", "empty"), ("香", "xiāng", "fragrant"),
        ("早", "zǎo", "early"), ("胖", "pàng", "fat"),
    ]

    private static let secondWords: [(String, String, String)] = [
        ("牛", "niú", "ox"), ("马", "mǎ", "horse"), ("羊", "yáng", "goat"),
        ("蜂", "fēng", "bee"), ("狗", "gǒu", "dog"), ("猫", "māo", "cat"),
        ("鱼", "yú", "fish"), ("鹅", "é", "goose"), ("虎", "hǔ", "tiger"),
        ("龙", "lóng", "dragon"), ("兔", "tù", "rabbit"), ("山", "shān", "hill"),
        ("河", "hé", "river"), ("水", "shuǐ", "water"), ("花", "huā", "flower"),
        ("草", "cǎo", "grass"), ("树", "shù", "tree"), ("瓜", "guā", "melon"),
        ("豆", "dòu", "bean"), ("米", "mǐ", "rice"), ("茶", "chá", "tea"),
        ("糖", "táng", "sugar"), ("门", "mén", "door"), ("桥", "qiáo", "bridge"),
        ("船", "chuán", "boat"), ("灯", "dēng", "lamp"), ("鼓", "gǔ", "drum"),
        ("碗", "wǎn", "bowl"), ("刀", "dāo", "knife"), ("云", "yún", "cloud"),
        ("雪", "xuě", "snow"), ("月", "yuè", "moon"),
    ]
}
