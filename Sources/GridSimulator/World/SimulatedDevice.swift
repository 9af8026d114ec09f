// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

/// One machine of a world: its folder with the shipped store and replica, and what a daemon keeps
/// beside them.
final class SimulatedDevice {
    /// Its number among the devices, and among their folders.
    let number: Int
    let name: String
    let author: Author
    let chain: VerifiedChain
    let folder: NodeFolder
    let parentKey: PublicKey?
    var edition: Int
    /// What runs on the folder; nil while the machine is down.
    var replica: FolderReplica?
    var clock = WorldAction.ClockChange.right
    /// What the clock shows when it stands still, milliseconds since 1970.
    var stoppedClock: UInt64 = 0
    var pausedUntil: UInt64 = 0
    /// Incremented with each end of the program: what was planned for an older one is void.
    var generation = 0
    /// The generation whose end is planned.
    var endingGeneration: Int?
    var conversations: [Conversation] = []
    /// The most patient lane that its links may carry now.
    var openLane = Lane.routine
    /// What peers said they have and is not written down yet.
    var heldNews: [PublicKey: [LogID: UInt64]] = [:]
    /// Writes that wait for the next commit, by the dice they are drawn from.
    var waitingWrites: [WaitingWrite] = []
    var waitingLots: [WaitingLot] = []
    /// Runs that were parked, and who brought them.
    var waitingRuns: [(conversation: Conversation, run: VerifiedRun)] = []
    var isDeskPlanned = false
    var isUpkeepPlanned = false
    /// Bytes of the head ledger that are durable.
    var durableHeads = 0
    /// A copy of the folder as it once was.
    var image: String?
    /// What the next commit is cut off by.
    var crashInCommit: (after: UInt64, image: UInt64, downFor: UInt64)?
    /// Until when the disk fails, if it does.
    var diskFailsUntil: UInt64?
    /// A fault that explains that the folder is not what it was, until the next good start.
    var isSuspect = false
    /// An older image was put back at some time.
    var wasRestored = false
    /// Its folder is older than it was, and can tell by itself.
    var mustNoticeRestore = false
    /// Its whole disk was put back, and it has not become another replica since.
    var isRewound = false
    /// A bit of its disk has turned over: what is wrong with it may show much later.
    var hasFlippedBit = false
    /// How often its logs have become shorter since it has started.
    var shortenings = 0
    /// What its replica has told and nobody has looked at.
    private var notices: [String] = []

    struct WaitingWrite {
        let rows: Int
        let dice: UInt64
    }

    struct WaitingLot {
        let conversation: Conversation
        let envelopes: [[UInt8]]
    }

    init(
        number: Int, name: String, author: Author, chain: VerifiedChain, folder: NodeFolder,
        parentKey: PublicKey?, edition: Int
    ) {
        self.number = number
        self.name = name
        self.author = author
        self.chain = chain
        self.folder = folder
        self.parentKey = parentKey
        self.edition = edition
    }

    var area: AreaCode { chain.leaf.area }

    /// What the machine's clock shows at a time of the world, milliseconds since 1970.
    func wall(_ now: UInt64) -> UInt64 {
        let right = World.epoch + now
        switch clock {
        case .right: return right
        case .standsStill: return stoppedClock
        case .offset(let offset): return UInt64(max(0, Int64(right) + offset))
        }
    }

    func take(_ notice: FolderReplica.Notice) {
        let word =
            switch notice {
            case .olderImage: "older_image"
            case .copiedFolder: "copied_folder"
            case .rolledBack: "rolled_back"
            case .standingChanged: "standing_changed"
            case .shortened: "shortened"
            case .notBuiltAnew: "not_built_anew"
            case .diskFull: "disk_full"
            case .refused: "refused"
            case .stopped: "stopped"
            case .ledgerDamaged: "ledger_damaged"
            case .certificatesUnread: "certificates_unread"
            }
        notices.append(word)
    }

    /// What was told since the last call.
    func takeNotices() -> [String] {
        defer { notices = [] }
        return notices
    }
}
