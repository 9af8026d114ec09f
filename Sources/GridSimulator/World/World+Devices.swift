// SPDX-License-Identifier: Apache-2.0

import CFaultyDisk
import Foundation
import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync

/// Machines: how they are set up, start, stop and are hurt.
extension World {
    /// Makes the folders of all devices, with their keys and certificates.
    func settle(_ office: Author) throws {
        var authors: [Author] = []
        var chains: [[Certificate]] = []
        var issued: [Int: [Certificate]] = [:]
        // Dates flag and judge nothing: whatever has expired lives as all others do.
        var dates = Dice(seed: plan.seed &* 0x1F83_D9AB &+ 0xDA7E)
        for plan in plan.devices {
            let author = Author(.generate())
            let issuer = plan.issuer.map { authors[$0] } ?? office
            let isOffice = plan.area.level < .village && plan.issuer == nil
            let certificate = Certificate(
                subject: author.key, name: plan.name, area: plan.area,
                rights: isOffice ? .all : [.write, .read], validFrom: 1,
                validUntil: dates.chance(300) ? Self.epoch + dates.magnitude(1, 86_400_000) : 0,
                issuedBy: issuer)
            truth.certify(certificate)
            // Root certificates and those of offices stand in the log of the highest device.
            issued[plan.issuer ?? 0, default: []].append(certificate)
            authors.append(author)
            chains.append((plan.issuer.map { chains[$0] } ?? [root]) + [certificate])
        }
        issued[0, default: []].insert(root, at: 0)
        for (number, device) in plan.devices.enumerated() {
            let chain = try VerifiedChain.verify(
                CertificateChain(chains[number]), root: office.key)
            try add(
                device.name, authors[number], chain, edition: device.edition,
                parentKey: device.parent.map { authors[$0].key },
                publishing: issued[number] ?? [])
        }
        links = plan.links.map { LinkWeather(caller: $0.caller, called: $0.called) }
        for device in devices { start(device) }
    }

    private func add(
        _ name: String, _ author: Author, _ chain: VerifiedChain, edition: Int,
        parentKey: PublicKey?, publishing: [Certificate]
    ) throws {
        let path = "\(folder)/\(devices.count)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        let device = SimulatedDevice(
            number: devices.count, name: name, author: author, chain: chain,
            folder: NodeFolder(path), parentKey: parentKey, edition: edition)
        devices.append(device)
        try enrol(device, publishing: publishing)
    }

    /// Makes the folder's database anew, for a replica that has never been.
    private func enrol(_ device: SimulatedDevice, publishing: [Certificate]) throws {
        // An empty database is always the same; making its tables takes longer than most worlds.
        try FileManager.default.copyItem(
            atPath: emptyFolders[device.edition].databasePath,
            toPath: device.folder.databasePath)
        let store = try Store(
            device.folder, catalogue: Catalogue.simulated[device.edition], owner: device.author)
        for certificate in publishing { try store.add(certificate, waiting: true) }
        try store.setNode(
            NodeRecord(
                name: device.name, area: device.area, nonce: .random(), chain: device.chain,
                parentKey: device.parentKey))
    }

    /// Starts the program on a device, by the way that a daemon takes.
    func start(_ device: SimulatedDevice) {
        guard device.replica == nil else { return }
        do {
            let replica = try open(device)
            device.replica = replica
            device.shortenings = replica.shortenings
            check(device, replica)
            device.isSuspect = false
            publish(replica.publishAuthority(now: device.wall(now)), of: device)
            lookWhetherItIsShorter(device)
            planUpkeep(device)
        } catch {
            story.tell(at: now, device.name, "不能启动:\(told(error))", "does not start")
            failToStart(device, error)
        }
        for link in links.indices
        where links[link].caller == device.number || links[link].called == device.number {
            redial(link, in: dice.between(1, 1_000))
        }
    }

    /// An error as the story tells it: folders have other names on each run.
    func told(_ error: any Error) -> String {
        "\(error)".replacingOccurrences(of: folder, with: "")
    }

    private func open(_ device: SimulatedDevice) throws -> FolderReplica {
        let store = try Store(
            device.folder, catalogue: Catalogue.simulated[device.edition], owner: device.author)
        return try FolderReplica(
            store: store, author: device.author, compaction: .smallWorlds, now: device.wall(now)
        ) { [weak device] in
            device?.take($0)
        }
    }

    private func failToStart(_ device: SimulatedDevice, _ error: any Error) {
        if device.diskFailsUntil != nil {
            // The disk does not work; someone will try again.
            push(.start(device: device.number), in: dice.between(1_000, 30_000))
        } else if device.isSuspect {
            joinAnew(device)
        } else {
            violate(.doesNotWork, "\(device.name): \(told(error))")
        }
    }

    /// Looks whether everything committed is there after a start.
    private func check(_ device: SimulatedDevice, _ replica: FolderReplica) {
        for word in device.takeNotices() where ["older_image", "copied_folder"].contains(word) {
            device.isRewound = false
            story.count(.newReplicas)
            story.tell(at: now, device.name, "发现数据较旧或被复制,换新身份", "\(word); a new replica")
        }
        let rows = replica.frontier { _ in true }
        if !device.isSuspect {
            let heights = Dictionary(rows.map { ($0.log, $0.height) }, uniquingKeysWith: { $1 })
            let known = (truth.heights[device.number] ?? [:]).sorted { $0.key < $1.key }
            for (log, height) in known
            where heights[log] ?? 0 < truth.end(of: log).map({ min($0, height) }) ?? height
                && replica.replica.directory.fork(of: log)?.height != heights[log] ?? 0
            {
                violate(
                    .committedIsLost,
                    "\(device.name) \(log): \(heights[log] ?? 0) of \(height)")
            }
        }
        checkName(of: device, replica, rows)
        truth.replace(rows, on: device.number, at: now)
        if device.isSuspect { truth.buryWhatIsGone() }
        device.durableHeads = size(device.folder.headLedgerPath)
    }

    /// Ends the program. Its connections end too, sooner or later for the other side.
    func stop(_ device: SimulatedDevice, isOrderly: Bool) {
        guard device.replica != nil else { return }
        for conversation in device.conversations where !conversation.isOver {
            if isOrderly {
                obey(conversation.session.leave(.leaving), conversation)
            } else {
                abandon(conversation)
            }
        }
        device.conversations = []
        device.waitingWrites = []
        device.waitingLots = []
        device.waitingRuns = []
        device.isDeskPlanned = false
        device.isUpkeepPlanned = false
        device.heldNews = [:]
        device.crashInCommit = nil
        device.generation += 1
        device.replica = nil
        for link in links.indices where links[link].isDialing {
            if links[link].caller == device.number { links[link].isDialing = false }
        }
    }

    /// A kill or power cut: what was not synced may be there or not.
    func crash(_ device: SimulatedDevice, image: UInt64, downFor: UInt64) {
        guard device.replica != nil else { return }
        story.count(.crashes)
        story.tell(at: now, device.name, "断电或被强行终止", "power cut or kill")
        let copy = "\(device.folder.path).crash"
        take(image: image, of: device, to: copy)
        stop(device, isOrderly: false)
        put(copy, in: device, keepingFiles: true)
        try? FileManager.default.removeItem(atPath: copy)
        push(.start(device: device.number), in: downFor)
    }

    /// Copies the folder as a crash would leave it.
    private func take(image: UInt64, of device: SimulatedDevice, to copy: String) {
        try? FileManager.default.removeItem(atPath: copy)
        try? FileManager.default.createDirectory(
            atPath: copy, withIntermediateDirectories: true)
        let code = faulty_disk_crash_image(device.folder.path, copy, image)
        precondition(code == 0, "no crash image: \(code)")
        // The head ledger is a plain file: what was appended since its last sync may be cut off.
        let size = size(device.folder.headLedgerPath)
        var dice = Dice(seed: image)
        let durable = min(device.durableHeads, size)
        let left =
            switch image {
            case 0: size
            case .max: durable
            default: durable + dice.below(size - durable + 1)
            }
        let bytes = FileManager.default.contents(atPath: device.folder.headLedgerPath) ?? Data()
        _ = FileManager.default.createFile(
            atPath: copy + "/heads.ledger", contents: bytes.prefix(left))
    }

    /// Puts the files of a copy in place of a stopped device's.
    ///
    /// - Parameter keepingFiles: whether they are the same files afterwards, with other contents.
    private func put(_ copy: String, in device: SimulatedDevice, keepingFiles: Bool) {
        faulty_disk_set_fault(device.folder.path, 0, 0)
        faulty_disk_forget(device.folder.path)
        for name in ["grid.db-wal", "grid.db-shm", "grid.db-journal"] {
            try? FileManager.default.removeItem(atPath: "\(device.folder.path)/\(name)")
        }
        for name in ["grid.db", "heads.ledger", "grid.db-wal", "grid.db-journal"] {
            let (from, to) = ("\(copy)/\(name)", "\(device.folder.path)/\(name)")
            guard FileManager.default.fileExists(atPath: from) else { continue }
            if keepingFiles, let file = FileHandle(forWritingAtPath: to) {
                try? file.truncate(atOffset: 0)
                try? file.write(contentsOf: FileManager.default.contents(atPath: from) ?? Data())
                try? file.close()
            } else {
                try? FileManager.default.removeItem(atPath: to)
                try? FileManager.default.copyItem(atPath: from, toPath: to)
            }
        }
        device.durableHeads = size(device.folder.headLedgerPath)
    }

    func size(_ path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }

    /// Keeps a copy of a running folder, as a backup does that knows how.
    func keepImage(_ device: SimulatedDevice) {
        guard device.replica != nil else { return }
        let copy = "\(device.folder.path).image"
        take(image: 0, of: device, to: copy)
        device.image = copy
        story.tell(at: now, device.name, "做了备份", "a backup is made")
    }

    func restore(_ device: SimulatedDevice, _ way: WorldAction.Restore) {
        guard device.replica != nil else { return }
        guard let image = device.image else { return keepImage(device) }
        story.count(.restores)
        story.tell(at: now, device.name, "还原旧备份(\(way.rawValue))", "an older image is restored")
        stop(device, isOrderly: true)
        device.isSuspect = true
        device.wasRestored = true
        device.mustNoticeRestore = way != .disk
        switch way {
        case .folder: put(image, in: device, keepingFiles: false)
        case .disk:
            device.isRewound = true
            put(image, in: device, keepingFiles: true)
        case .database:
            let heads = "\(image)/heads.ledger"
            let kept = FileManager.default.contents(atPath: heads)
            try? FileManager.default.removeItem(atPath: heads)
            // Copied over, it is the same file: the head ledger alone can tell.
            put(image, in: device, keepingFiles: dice.chance(500))
            _ = FileManager.default.createFile(atPath: heads, contents: kept)
        }
        push(.start(device: device.number), in: dice.between(100, 20_000))
    }

    /// Someone copies the whole folder to another machine and lets both run.
    func copyFolder(_ device: SimulatedDevice) {
        guard device.replica != nil, devices.count < 14 else { return }
        story.count(.copiedFolders)
        story.tell(at: now, device.name, "整个目录被复制到另一台机器", "the folder is copied to another machine")
        let path = "\(folder)/\(devices.count)"
        let twin = SimulatedDevice(
            number: devices.count, name: "\(device.name)副本\(devices.count)",
            author: device.author, chain: device.chain, folder: NodeFolder(path),
            parentKey: device.parentKey, edition: device.edition)
        take(image: 0, of: device, to: path)
        devices.append(twin)
        for link in links where link.caller == device.number {
            links.append(LinkWeather(caller: twin.number, called: link.called, isUp: link.isUp))
        }
        if !links.contains(where: { $0.caller == twin.number }) {
            links.append(LinkWeather(caller: twin.number, called: device.number, isUp: true))
        }
        // What it has is a copy: its entries are counted where they were written.
        twin.isSuspect = true
        push(.start(device: twin.number), in: dice.between(1, 60_000))
    }

    /// A bit of the database file turns over while the machine is off.
    func flipBit(_ device: SimulatedDevice, _ seed: UInt64) {
        guard device.replica != nil else { return }
        story.count(.flippedBits)
        story.tell(at: now, device.name, "磁盘上翻转了一位", "a bit of the disk turns over")
        stop(device, isOrderly: true)
        faulty_disk_forget(device.folder.path)
        var dice = Dice(seed: seed)
        let path = device.folder.databasePath
        if var bytes = FileManager.default.contents(atPath: path), !bytes.isEmpty {
            let place = dice.below(bytes.count)
            bytes[bytes.startIndex + place] ^= 1 << UInt8(dice.below(8))
            if let file = FileHandle(forWritingAtPath: path) {
                try? file.write(contentsOf: bytes)
                try? file.close()
            }
        }
        device.isSuspect = true
        device.hasFlippedBit = true
        mend(device)
    }

    /// What an admin does with a damaged disk: verify, rebuild, and where that is not enough, begin
    /// with an empty folder.
    private func mend(_ device: SimulatedDevice) {
        // The folder is closed again before anything else is done with it.
        if (try? isWhole(device)) == true {
            push(.start(device: device.number), in: 1_000)
        } else {
            joinAnew(device)
        }
    }

    /// Whether the folder verifies, if need be after a rebuild.
    private func isWhole(_ device: SimulatedDevice) throws -> Bool {
        let store = try Store(
            device.folder, catalogue: Catalogue.simulated[device.edition], owner: device.author)
        if try store.verify().findings.isEmpty { return true }
        let rebuilding = try store.rebuild()
        story.count(.rebuilds)
        if var node = try store.node(),
            rebuilding.hasCut(LogIdentity.replica(key: device.author.key, nonce: node.nonce))
        {
            node.nonce = .random()
            try store.setNode(node)
        }
        return try store.verify().findings.isEmpty
    }

    /// A new folder under the same key: everything comes back from peers.
    func joinAnew(_ device: SimulatedDevice) {
        story.count(.joinedAnew)
        story.tell(at: now, device.name, "目录已坏,用空目录重新加入", "the folder is lost; joins anew")
        for name in ["grid.db", "grid.db-wal", "grid.db-shm", "grid.db-journal", "heads.ledger"] {
            try? FileManager.default.removeItem(atPath: "\(device.folder.path)/\(name)")
        }
        faulty_disk_set_fault(device.folder.path, 0, 0)
        faulty_disk_forget(device.folder.path)
        device.isSuspect = true
        device.hasFlippedBit = false
        truth.buryRedactions(of: device.author.key)
        // An office that lost its folder still has the certificates it issued.
        let issued = truth.certificates.values.joined().filter {
            $0.issuer == device.author.key || device.number == 0 && $0.issuer == root.subject
        }.sorted { $0.digest < $1.digest }
        do {
            try enrol(device, publishing: issued)
        } catch {
            violate(.doesNotWork, "\(device.name): \(told(error))")
        }
        push(.start(device: device.number), in: 1_000)
    }

    func healDisk(_ device: SimulatedDevice) {
        guard let until = device.diskFailsUntil, until <= now else { return }
        device.diskFailsUntil = nil
        faulty_disk_set_fault(device.folder.path, 0, 0)
        story.tell(at: now, device.name, "磁盘恢复正常", "the disk is well again")
        // A node that has stopped writing is started again by whoever put the disk right.
        guard let replica = device.replica, replica.stopped != nil else { return }
        end(device, .crash(image: 0, downFor: dice.between(100, 5_000)))
    }
}
