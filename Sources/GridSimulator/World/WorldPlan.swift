// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// Everything that will be done to a world, drawn from one seed before it begins. A plan is data:
/// what is taken out of it leaves the rest as it was, so that failing worlds can be made smaller.
package struct WorldPlan: Sendable {
    package struct Device: Hashable, Sendable {
        package let name: String
        package let area: AreaCode
        /// Whose key has issued this device's certificate; nil for the root.
        package let issuer: Int?
        /// The device it calls; nil for the topmost.
        package let parent: Int?
        /// The edition of the catalogue it starts with, from 0.
        package let edition: Int
    }

    /// A pair of devices of which the first calls the second.
    package struct Link: Hashable, Sendable {
        package let caller: Int
        package let called: Int
    }

    /// How bad the links are.
    package struct Weather: Hashable, Sendable {
        package var delayMilliseconds: ClosedRange<UInt64>
        /// Packets in a thousand that are lost and sent again.
        package var loss: Int
        /// Packets in a thousand with which the connection breaks, somewhere within the packet.
        package var breaks: Int
    }

    package struct Step: Hashable, Sendable {
        /// Milliseconds from the world's beginning.
        package let at: UInt64
        package let action: WorldAction
    }

    package let seed: UInt64
    package var devices: [Device]
    package var links: [Link]
    package var weather: Weather
    /// Ascending by time.
    package var steps: [Step]
}

/// One thing that happens to a world. The dice of an action are its own.
package enum WorldAction: Hashable, Sendable {
    /// How a device's wall clock goes from now on.
    package enum ClockChange: Hashable, Sendable {
        case offset(milliseconds: Int64)
        case standsStill
        case right
    }

    /// What a hostile peer with a stolen key does to its victim.
    package enum Malice: String, CaseIterable, Hashable, Sendable {
        case garbage, replay, mutation, foreignArea, fork, oversize, lies, theft, audits
        /// A chain with one certificate more, by a key that may not give it.
        case widened
        /// Cut-offs and certificates that the key has no right to.
        case usurpation
        /// Lies of a key that stands above its victim.
        case falseOffice

        /// What a key does in its own place.
        static let common: [Malice] = [
            .garbage, .replay, .mutation, .foreignArea, .fork, .oversize, .lies, .theft, .audits,
        ]
        /// What it does to be taken for more than it is.
        static let pretended: [Malice] = [.widened, .usurpation, .usurpation, .falseOffice]
    }

    /// In what way an older image comes back.
    package enum Restore: String, CaseIterable, Hashable, Sendable {
        /// All files, copied back from a backup.
        case folder
        /// The database alone, as an eager helper does it.
        case database
        /// The whole disk, every file where it was: nothing in the folder can tell.
        case disk
    }

    case write(device: Int, dice: UInt64)
    case importSheet(device: Int, rows: Int, dice: UInt64)
    case cut(link: Int, silently: Bool)
    case cutAll
    case join(link: Int)
    case joinAll
    /// A kill or a power cut; `image` chooses what of the unsynced writes survives.
    case crash(device: Int, image: UInt64, downFor: UInt64)
    /// The same in the middle of the next commit, after so many more writes to the disk.
    case crashInCommit(device: Int, after: UInt64, image: UInt64, downFor: UInt64)
    case pause(device: Int, milliseconds: UInt64)
    /// Kinds as in `faulty_disk.h`.
    case diskFault(device: Int, kind: Int, after: UInt64, milliseconds: UInt64)
    case flipBit(device: Int, dice: UInt64)
    case keepImage(device: Int)
    case restore(device: Int, way: Restore)
    case copyFolder(device: Int)
    case clock(device: Int, change: ClockChange)
    case malice(Malice, victim: Int, dice: UInt64)
    case rebuild(device: Int)
    case verify(device: Int)
    case checkpoint(device: Int)
    case upgrade(device: Int)
    /// The device's key gets a second certificate, for the area above its own.
    case promote(device: Int)
    /// Its office cuts the device's key off, by what it holds.
    case cutOff(device: Int)
    /// Its office orders values of a record to be destroyed.
    case redact(device: Int, dice: UInt64)
    /// The office of a device closes a fork of its logs.
    case closeFork(device: Int)
    /// One side of a link holds its tables of an area against the other's.
    case audit(link: Int, dice: UInt64)
    /// An office gives a village below it another code, or lets it go into another.
    case changeArea(device: Int, dice: UInt64)
    /// The links of a device carry nothing more patient than a lane from now on.
    case open(device: Int, through: Lane)
}
