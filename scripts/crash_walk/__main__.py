# SPDX-License-Identifier: Apache-2.0
"""kill -9, full disks, bad wires and older images for a real gridd, round after round.

After each round every write that was ever answered in its world is looked for.
"""

import argparse
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import kinds
import troubles
from processes.telling import Failed
from tally import Tally
from world import World, generator

# Each kind with its weight among the rounds that are drawn, in the order of the first rounds.
KINDS = {
    "write": (kinds.write, 40), "admit": (kinds.admit, 14), "start": (kinds.start, 8),
    "migrate": (kinds.migrate, 6), "rebuild": (kinds.rebuild, 6), "fresh": (kinds.fresh, 3),
    "stop": (kinds.stop, 7), "fsize": (troubles.fsize, 5), "full": (troubles.full, 4),
    "proxy": (kinds.proxy, 4), "restore": (troubles.restore, 4), "clone": (troubles.clone, 1),
}
# A world is made anew after this many rounds, or when it holds so much that checking takes long.
ROUNDS_OF_A_WORLD = 25
RECORDS_OF_A_WORLD = 8_000
# A world is verified by gridctl after so many rounds, and at its end.
VERIFY_EVERY = 10
# What a log may say in rounds of these kinds.
EXPECTED = {"fsize": ("store failed",), "full": ("disk full",)}


class Campaign:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.tally = Tally()
        # The world of most rounds, and the one whose village has a small disk of its own.
        self.worlds = {False: None, True: None}
        self.worlds_made = 0
        self.rounds = dict.fromkeys(options.kinds, 0)
        self.began = time.monotonic()

    def run(self):
        for number in range(1, self.options.rounds + 1):
            kind = self.kind(number)
            self.round(number, kind)
        for small, world in self.worlds.items():
            if world:
                self.current = world
                self.finish(small)

    def kind(self, number):
        """Each kind once in a fixed order, then by the dice."""
        names = self.options.kinds
        if number <= len(names):
            return names[number - 1]
        dice = generator(self.options.seed, number, "kind")
        return dice.choices(names, [KINDS[name][1] for name in names])[0]

    def round(self, number, kind):
        self.number, self.kind_now = number, kind
        began = time.monotonic()
        world = self.current = self.world(small=kind == "full")
        world.rounds += 1
        dice = generator(self.options.seed, number)
        chinese, english = KINDS[kind][0](world, dice)
        world.stay(renewed=kind == "restore")
        world.watch(*EXPECTED.get(kind, ()))
        if world.rounds % VERIFY_EVERY == 0:
            world.verify(world.village, world.township)
        self.rounds[kind] += 1
        seconds = time.monotonic() - began
        if self.options.json:
            print(json.dumps({
                "round": number, "kind": kind, "seconds": round(seconds, 2), "zh": chinese,
                "en": english}, ensure_ascii=False), flush=True)
        else:
            print(f"{number:5} {kind:8} {chinese} / {english}  {seconds:.1f} s", flush=True)
        if (world.rounds >= ROUNDS_OF_A_WORLD
                or len(world.books[world.village].promises) > RECORDS_OF_A_WORLD):
            self.finish(small=kind == "full")

    def world(self, small):
        """The world of this kind of round; the other one rests."""
        other = self.worlds[not small]
        if other:
            self.current = other
            other.rest()
        world = self.worlds[small]
        if world is None:
            self.worlds_made += 1
            world = self.current = self.worlds[small] = World(
                self.options.programs, self.folder / f"w{self.worlds_made}", self.tally, small)
            world.begin()
        else:
            self.current = world
            world.start(world.township, world.village)
        return world

    def finish(self, small):
        world, self.worlds[small] = self.worlds[small], None
        try:
            world.finish()
        except BaseException:
            self.worlds[small] = world
            raise
        world.end()

    def end(self, keep=False):
        for world in self.worlds.values():
            if world:
                world.end(keep=keep and world is self.current)

    def summary(self):
        tally, seconds = self.tally, time.monotonic() - self.began
        figures = {
            "seed": self.options.seed, "rounds": sum(self.rounds.values()), "kinds": self.rounds,
            "worlds": self.worlds_made, "kills": tally.kills, "restarts": tally.restarts,
            "acknowledged": tally.acknowledged, "cut_off": tally.cut_off,
            "refused": tally.refused, "faults_on_the_wire": tally.faults,
            "stalled_links": tally.stalled, "verified": tally.verified,
            "seconds": round(seconds, 1)}
        if self.options.json:
            print(json.dumps({"summary": figures}, ensure_ascii=False))
            return
        by_kind = ", ".join(f"{name} {count}" for name, count in self.rounds.items() if count)
        print(f"\n没有丢失任何答复过的写入 / no answered write was lost: {figures['rounds']} rounds "
              f"({by_kind}) in {self.worlds_made} worlds, {seconds:.0f} s\n"
              f"kill -9 {tally.kills} 次,重启 {tally.restarts} 次;答复 {tally.acknowledged} 条,"
              f"在途 {tally.cut_off} 条,拒绝 {tally.refused} 条;线路干扰 {tally.faults} 处;"
              f"核对 {tally.verified} 次\n"
              f"{tally.kills} kills, {tally.restarts} restarts; {tally.acknowledged} writes "
              f"acknowledged, {tally.cut_off} cut off, {tally.refused} refused; {tally.faults} "
              f"faults on the wire, {tally.stalled} links stalled by them; {tally.verified} "
              "verifications", flush=True)


def options():
    parser = argparse.ArgumentParser(
        prog="scripts/crash", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=len(KINDS), metavar="N")
    parser.add_argument("--seed", type=int, metavar="S", help="otherwise drawn, and printed")
    parser.add_argument(
        "--kinds", default=",".join(KINDS), metavar="A,B,...", help=f"of {', '.join(KINDS)}")
    parser.add_argument("--keep", type=pathlib.Path, metavar="FOLDER", help="where worlds are made")
    parser.add_argument("--json", action="store_true", help="one object a line")
    chosen = parser.parse_args()
    chosen.programs = chosen.programs.resolve()
    chosen.seed = random.randrange(1 << 32) if chosen.seed is None else chosen.seed
    chosen.kinds = chosen.kinds.split(",")
    for kind in chosen.kinds:
        if kind not in KINDS:
            parser.error(f"no such kind: {kind}")
    if "full" in chosen.kinds and not may_mount():
        print("full: 不能挂载小磁盘(需要 root),跳过 / skipped: mounting a small disk needs root",
              file=sys.stderr, flush=True)
        chosen.kinds.remove("full")
    if not chosen.kinds:
        parser.error("no kind is left")
    return chosen


def may_mount():
    """Whether a small disk can be mounted here: containers often forbid it, to root as well."""
    with tempfile.TemporaryDirectory(prefix="onegrid-crash-") as folder:
        mount = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "onegrid-crash", folder],
            stderr=subprocess.DEVNULL)
        return mount.returncode == 0 and subprocess.run(["umount", folder]).returncode == 0


def main():
    chosen = options()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="onegrid-crash-", dir=chosen.keep))
    campaign = Campaign(chosen, folder)
    if not chosen.json:
        print(f"种子 / seed {chosen.seed}", flush=True)
    try:
        campaign.run()
    except (Failed, subprocess.SubprocessError, OSError) as error:
        if not isinstance(error, Failed):
            traceback.print_exc()
        campaign.end(keep=True)
        print(f"\n✗ 第 {campaign.number} 轮 / round {campaign.number}, {campaign.kind_now}, "
              f"种子 / seed {chosen.seed}, 目录 / folder {folder}\n{error}",
              file=sys.stderr, flush=True)
        return 1
    except BaseException:
        campaign.end()
        raise
    shutil.rmtree(folder, ignore_errors=True)
    campaign.summary()
    return 0


if __name__ == "__main__":
    sys.exit(main())
