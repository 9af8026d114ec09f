// SPDX-License-Identifier: Apache-2.0

/// Every bound of the protocol, unit last, reason beside it. The same table stands in
/// Protocol/limits.md.
package enum ProtocolLimits {
    /// Largest encoded entry, head and values: eight times the largest record form measured.
    package static let entryBytesMax = 65_536
    /// Largest run before compression: what a receiver must hold at once to check one signature.
    package static let runBytesMax = 262_144
    /// A local commit is cut into runs of about this size, so that a slow link acknowledges often.
    package static let runBytesTarget = 65_536
    /// Runs with fewer bytes of entries are sent as they are: compression gains nothing there.
    package static let runCompressionBytesMin = 32
    /// Runs with fewer bytes of entries are packed by row, with a dictionary: that is smaller there.
    package static let runColumnsBytesMin = 8_192
    /// Largest frame of a link: one run at its worst, and its frame around it.
    package static let frameBytesMax = 307_200
    /// Largest greeting; it is read before the peer is authenticated.
    package static let greetingBytesMax = 65_439
    /// A greeting carries full frontiers up to this size, digests beyond.
    package static let greetingFrontierBytesMax = 4_096
    /// Logs in one causal context: bounds what one entry makes a receiver look up.
    package static let contextLogsMax = 4_096
    /// An author names no more new logs in one entry: 18 KiB of 64, so that its values have room.
    package static let contextLogsAddedTarget = 1_024
    /// Records in one entry; also bounds the index of a creation to one byte.
    package static let entryRecordsMax = 256
    /// Field operations on one record in one entry.
    package static let recordWritesMax = 512
    /// Elements or items in one operation.
    package static let operationValuesMax = 4_096
    /// Last sequence of a log: rows of the ledger and of records are found by one 64-bit key.
    package static let sequenceMax: UInt64 = (1 << 32) - 1
    /// Entries in one run.
    package static let runEntriesMax = 65_536
    /// Columns of one run in an envelope: each costs a reader some memory, whatever is in it.
    package static let runColumnsMax = 4_096
    /// How deep lists and maps may stand in each other.
    package static let valueDepthMax = 4
    /// Numbers of collections and fields.
    package static let catalogueNumberMax: UInt64 = 65_535
    /// Certificates from the root to a device, both included.
    package static let certificateChainMax = 5
    /// Largest certificate.
    package static let certificateBytesMax = 1_024
    /// Longest name or post in a certificate, in bytes of UTF-8.
    package static let certificateNameBytesMax = 120
    /// Largest cut-off: it stands in one entry.
    package static let cutOffBytesMax = 61_440
    /// Logs of one key that a cut-off names.
    package static let cutOffRowsMax = 256
    /// Largest redaction: it stands in one entry.
    package static let redactionBytesMax = 61_440
    /// Entries that one redaction names; of longer histories there are several redactions.
    package static let redactionRowsMax = 256
    /// Longest reason of a redaction, in bytes of UTF-8: two hundred characters.
    package static let redactionReasonBytesMax = 600
    /// Largest restatement: it stands in one entry.
    package static let restatementBytesMax = 61_440
    /// Largest run in which values are missing or salts stand one by one: they take room that the
    /// run did not have, and it cannot be cut.
    package static let runRedactedBytesMax = 524_288
    /// Logs that have ended, named in one session.
    package static let endedLogsMax = 1_024
    /// Words of offices in one message, as many as a frame has room for.
    package static let wordsMax = 64
    /// Certificates without footing, and area changes, up to which a node takes words from messages.
    package static let wordsKeptMax = 4_096
    /// Certificates, cut-offs and area changes of a key that its cut-off keeps.
    package static let cutOffKeptMax = 2_048
    /// Largest branch proof: it stands in one entry.
    package static let branchProofBytesMax = 49_152
    /// Branch proofs in one message: as many of the largest as a frame has room for.
    package static let branchProofsMax = 6
    /// Entries of one log that a side names in a message, to find where a log was forked.
    package static let headsMax = 64
    /// Such messages that a side takes in one session, and messages with branch proofs.
    package static let forkMessagesMax = 64
    /// Bytes of branch proofs that a side shows in a session.
    package static let forkBytesMax = 4_194_304
    /// Branches of one fork of which a node keeps proofs that come in messages.
    package static let forkBranchesMax = 16
    /// Runs of forked logs that are set aside, for each log, as they are packed.
    package static let setAsideBytesMax = 16_777_216
    /// Runs that wait for their causes, per peer.
    package static let parkedBytesMax = 16_777_216
    /// Areas named in one message.
    package static let messageAreasMax = 4_096
    /// Rows of a frontier in one message.
    package static let frontierRowsMax = 4_096
    /// Logs of which one session believes what the peer says it holds: sixteen times those of a
    /// county, and a bound on the memory that a peer can take by naming logs.
    package static let believedLogsMax = 16_384
    /// Credit one side may hold from the other.
    package static let creditBytesMax: UInt64 = 67_108_864
    /// Rows of one receipt: sixteen logs for each village of a township, and a frame has room.
    package static let receiptRowsMax = 1_024
    /// Largest receipt.
    package static let receiptBytesMax = 81_920
    /// Entries between the one that a proof of delivery shows and the height of its receipt.
    package static let receiptLinksMax = 65_536
    /// Largest proof of delivery.
    package static let proofBytesMax = 16_777_216
    /// Children of a node of an audit's tree: the digests of one take 512 bytes.
    package static let auditFanOut = 64
    /// Steps from its root: with ten of 6 bits no two of a million million records share a node.
    package static let auditStepsMax = 10
    /// Nodes that one question of an audit opens.
    package static let auditPrefixesMax = 16
    /// Records that are named below a node in place of its children.
    package static let auditRecordsNamedMax = 64
    /// Records that an audit finds; where there are more it says so.
    package static let auditRecordsFoundMax = 64
    /// Questions of one audit of one area.
    package static let auditQuestionsMax = 24
    /// Records of an area that are compared: they are in memory for a minute, 72 bytes each.
    package static let auditRecordsMax = 524_288
    /// Longest text in a message (software name, reason).
    package static let messageTextBytesMax = 200
    /// Largest code of an invitation, in bytes: it is typed by people, or read from one QR code.
    package static let invitationBytesMax = 512
    /// Addresses that a code may name: a machine with a wire, a radio and a name.
    package static let invitationAddressesMax = 3
    /// Longest host in a code, in bytes.
    package static let invitationHostBytesMax = 100
    /// Codes of one node that may be open at a time: each try is compared with all of them.
    package static let invitationsOpenMax = 256
    /// Longest life of a code, in days.
    package static let invitationDaysMax = 90
    /// Largest request of one who has no certificate yet; it is read before anything is known of him.
    package static let joinRequestBytesMax = 1_024
    /// Largest answer to such a request: the longest chain and a name.
    package static let joinAnswerBytesMax = 8_192
    /// Tries that lead to nothing, in a minute, from one remote address.
    package static let joinTriesPerAddressMax = 20
    /// The same from everywhere.
    package static let joinTriesMax = 120
    /// Remote addresses whose tries are counted one by one; beyond, all others share one count.
    package static let joinAddressesMax = 1_024
    /// Largest plain value that is sealed for named devices, with what pads it: half an entry.
    package static let sealedPlainBytesMax = 32_768
    /// Devices that one record may name.
    package static let readersMax = 64
    /// Grants of one record that a device tries to open: each costs as much as a signature.
    package static let readerKeysMax = 256
    /// Largest header of a bundle: the longest chain and a name fit, and one Noise message has room.
    package static let bundleHeaderBytesMax = 8_192
    /// Parts of one bundle.
    package static let bundlePartsMax = 65_535
}
