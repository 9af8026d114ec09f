// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridTransport

/// Calls the node that decides about a certificate and asks it once.
struct JoinCall {
    /// The node's key.
    let called: PublicKey
    /// Where it takes calls, tried in this order.
    let addresses: [InvitationCode.Address]
    /// The key that is to be certified.
    let key: SigningKey
    let request: [UInt8]

    static let software = "gridctl 0.1.0"

    init(
        called: PublicKey, addresses: [InvitationCode.Address], key: SigningKey,
        request: RotationRequest
    ) {
        self.called = called
        self.addresses = addresses
        self.key = key
        self.request = request.encoded
    }

    init(code: InvitationCode, key: SigningKey, name: String) {
        called = code.called
        addresses = code.addresses
        self.key = key
        request =
            JoinRequest(
                key: Author(key).key, secret: code.secret, name: name, software: Self.software
            ).encoded
    }

    /// The first address that answers, and what it says.
    func ask() async throws -> (JoinAnswer, InvitationCode.Address) {
        guard let remoteKey = Ed25519.agreementPublicKey(of: called.bytes.array) else {
            throw CommandFailure(
                .badData, "要呼叫的节点的公钥无效。", "the key of the node to call is not valid")
        }
        let dialer = LinkDialer(identity: key.agreementKey)
        var failures: [(address: InvitationCode.Address, failure: LinkFailure)] = []
        for address in addresses {
            do {
                let bytes = try await dialer.withLink(
                    to: LinkAddress(host: address.host, port: Int(address.port)),
                    remoteKey: remoteKey, greeting: request, purpose: .enrolment
                ) { $0.remoteGreeting }
                return (try Self.answer(bytes), address)
            } catch let failure as LinkFailure {
                failures.append((address, failure))
            }
        }
        throw Self.failure(failures)
    }

    private static func answer(_ bytes: [UInt8]) throws -> JoinAnswer {
        do throws(DecodingViolation) {
            return try JoinAnswer(decoding: bytes)
        } catch {
            throw CommandFailure(
                .badData, "对方的答复格式不对(\(error.rawValue)),可能需要升级。",
                "the answer is malformed (\(error.rawValue)); one of the two may need an upgrade")
        }
    }

    /// Says of what came nearest to an answer why it was none.
    private static func failure(
        _ failures: [(address: InvitationCode.Address, failure: LinkFailure)]
    ) -> CommandFailure {
        let places = failures.map { "\($0.address)" }.joined(separator: ", ")
        for (address, failure) in failures {
            switch failure {
            case .refused, .turnedAway, .peerClosed, .closed:
                return CommandFailure(
                    .notRunning,
                    "\(address) 没有答复就断开了:对方的 gridd 太旧、试的次数太多,或不是要找的节点。请稍后再试。",
                    """
                    \(address) hung up without an answer: its gridd is too old for this, there were too \
                    many tries, or it is not the node that was called; try again later
                    """)
            case .noise:
                return CommandFailure(
                    .notAllowed, "在 \(address) 答复的不是要找的节点,没有继续。",
                    "what answers at \(address) is not the node that was called; nothing was done")
            case .unwanted, .connectFailed, .connectionLost, .listenFailed, .handshakeTimedOut,
                .notOnegrid, .unsupportedVersion, .tooEarly, .requestTooLong, .frameTooLong,
                .frameEmpty, .silent:
                continue
            }
        }
        return CommandFailure(
            .notRunning, "连不上上级节点(\(places)):请检查网络,并确认上级的 gridd 正在运行。",
            "no answer from \(places); check the network, and that gridd runs there")
    }
}
