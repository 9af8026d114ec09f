# SPDX-License-Identifier: Apache-2.0
"""The kinds of rounds on one node or a pair: kills, pauses, and a bad wire.

Each takes a world whose daemons run and leaves it so. It returns what it did, in two languages.
"""

import signal
import sqlite3
import subprocess
import threading
import time

from book import Violation
from processes.node import Node
from processes.telling import eventually
from world import LINK_SECONDS


def write(world, rng):
    """kill -9 while apps write, at any instant or together with an answer."""
    with_answer = rng.random() < 0.5
    # The more writes share a commit, the longer it takes, and the more is seen of an early answer.
    writers = world.writers(world.village, rng, 8 if with_answer else 3)
    if with_answer:
        writers.kill_with_answer = rng.randrange(200)
    with writers:
        if with_answer:
            eventually(
                lambda: writers.has_killed.is_set() or writers.errors
                or writers.acknowledged > 500, "an answer to kill with", every=0.005)
            world.kill(world.village, gone=writers.has_killed.is_set())
        else:
            time.sleep(rng.uniform(0.1, 0.5))
            world.kill(world.village)
    world.start(world.village)
    held = world.check(world.village)
    return (f"写入时断电:答复 {writers.acknowledged} 条,在途 {writers.cut_off} 条,共 {held} 条记录都在",
            f"killed while writing: {writers.acknowledged} answered, {writers.cut_off} under way, "
            f"{held} records whole")


def admit(world, rng):
    """kill -9 of a node while it takes in or sends what has piled up."""
    world.linked()
    world.wire.hold()
    names, victims = rng.choice((
        (("村", "village"), [world.village]), (("镇", "township"), [world.township]),
        (("两边", "both"), [world.township, world.village])))
    with world.writers(world.village, rng) as up, world.writers(world.township, rng, 1) as down:
        time.sleep(rng.uniform(0.15, 0.4))
        world.wire.release()
        time.sleep(rng.uniform(0, 0.25))
        world.kill(*victims)
    world.start(*victims)
    world.converge()
    return (f"同步途中{names[0]}断电:上行 {up.acknowledged} 条,下行 {down.acknowledged} 条,摘要相等",
            f"{names[1]} killed amid sync: {up.acknowledged} up, {down.acknowledged} down, "
            "equal digests")


def start(world, rng):
    """kill -9 in the first moments, several times, then one start that must do."""
    times = rng.randrange(2, 6)
    node = rng.choice((world.village, world.village, world.township))
    world.kill(node)
    for _ in range(times):
        node.launch()
        # As often in the first milliseconds as in all the rest.
        time.sleep(rng.uniform(0, world.opening_seconds) ** 2 / world.opening_seconds)
        world.kill(node)
    world.start(node)
    world.check(node)
    return (f"{node.name}启动中断电 {times} 次,照常启动", f"killed {times} times while starting")


def migrate(world, rng):
    """kill -9 while opening builds all tables anew, as after an upgrade."""
    world.kill(world.village)
    database = sqlite3.connect(world.village.folder / "grid.db")
    with database:
        database.execute("UPDATE meta SET value = x'' WHERE name = 'catalogue'")
    database.close()
    times = rng.randrange(1, 4)
    for _ in range(times):
        world.village.launch()
        time.sleep(rng.uniform(0, 2 * world.opening_seconds))
        world.kill(world.village)
    world.start(world.village)
    held = world.check(world.village)
    return (f"升级建表时断电 {times} 次,{held} 条记录都在",
            f"killed {times} times while tables are built anew at opening, {held} records whole")


def rebuild(world, rng):
    """kill -9 amid `gridctl rebuild`, of the daemon or of the command on a stopped folder."""
    command = [world.programs / "gridctl", "rebuild", "--data", world.village.folder]
    stopped = rng.random() < 0.5
    if stopped:
        world.kill(world.village)
    work = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(rng.uniform(0, 2 * world.opening_seconds))
    if stopped:
        work.kill()
        world.tally.kills += 1
    else:
        world.kill(world.village)
    work.wait()
    world.start(world.village)
    held = world.check(world.village)
    return (f"重建时断电({'停机目录' if stopped else '运行中'}),{held} 条记录都在",
            f"killed while rebuilding ({'a stopped folder' if stopped else 'running'}), "
            f"{held} records whole")


def stop(world, rng):
    """Pauses of a process amid writes, or a stop in order; nothing that was answered is lost."""
    node = rng.choice((world.village, world.township))
    paused = rng.random() < 0.6
    with world.writers(world.village, rng) as writers:
        time.sleep(rng.uniform(0.05, 0.3))
        if paused:
            seconds = rng.uniform(0.2, 2)
            node.daemon.send_signal(signal.SIGSTOP)
            time.sleep(seconds)
            node.daemon.send_signal(signal.SIGCONT)
            time.sleep(rng.uniform(0, 0.2))
        else:
            world.stop(node)
    world.start(node)
    world.check(world.village, settle=not paused)
    world.check(world.township)
    if paused:
        return (f"{node.name}停顿 {seconds:.1f} 秒:答复 {writers.acknowledged} 条",
                f"paused for {seconds:.1f} s: {writers.acknowledged} answered")
    return (f"写入时正常停止{node.name}:答复 {writers.acknowledged} 条,"
            f"拒绝 {writers.refused} 条,在途 {writers.cut_off} 条",
            f"stopped in order amid writes: {writers.acknowledged} answered, "
            f"{writers.refused} refused, {writers.cut_off} under way")


def proxy(world, rng):
    """A wire that delays, slows, drops, holds, flips, doubles, swaps and swallows bytes."""
    world.linked()
    before = dict(world.wire.counts), world.wire.chunks
    world.wire.rage(rng)
    with world.writers(world.village, rng, 1), world.writers(world.township, rng, 1):
        time.sleep(rng.uniform(0.5, 1.5))
        if rng.random() < 0.4:
            # Whoever comes back now finds the wire as bad as it was.
            victim = rng.choice((world.village, world.township))
            world.kill(victim)
            world.start(victim)
        time.sleep(rng.uniform(0.5, 1.5))
        world.wire.settle()
    faults = {name: count - before[0][name] for name, count in world.wire.counts.items()}
    # What a node is still waiting for after this is left to its own limit of silence.
    end = time.monotonic() + 1.5
    while world.wire.spoiled and time.monotonic() < end:
        time.sleep(0.02)
    stalled = world.wire.cut_spoiled()
    world.tally.stalled += stalled
    world.tally.faults += sum(faults.values())
    # Now and then the village has to come back without help.
    world.converge(patience=LINK_SECONDS if rng.random() < 0.2 else 2)
    if rng.random() < 0.2:
        world.verify(world.village, world.township)
    said = ", ".join(f"{name} {count}" for name, count in faults.items() if count)
    return (f"坏线路:{sum(faults.values())} 处干扰,恢复后摘要相等",
            f"bad wire, then equal digests: {said}; {stalled} stalled")


def fresh(world, rng):
    """kill -9 of enrolment and of the first start of a new node; each step is simply tried again."""
    folder = world.folder / f"new-{world.rounds}"
    folder.mkdir()
    root = Node(world.programs, folder / "root", "谷脚镇", "522730103")
    child = Node(world.programs, folder / "child", "茶香村", "522730103210")
    request, grant = folder / "request", folder / "grant"
    steps = (
        (root, ("init", "--area", root.code, "--name", root.name, "--root", "--no-passphrase")),
        (child, ("request", "--area", child.code, "--name", child.name, "--out", request)),
        (root, ("approve", "--request", request, "--out", grant)),
        (child, ("accept", "--grant", grant)))
    world.guests = [root, child]
    killed = 0
    for node, words in steps:
        for _ in range(rng.randrange(1, 3)):
            work = subprocess.Popen(
                [node.programs / "gridctl", words[0], "--data", node.folder, *words[1:]],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0, world.opening_seconds))
            work.kill()
            if work.wait() == -signal.SIGKILL:
                world.tally.kills += 1
                killed += 1
        done = node.call(*words, wants=None)
        # 77: there is a node already, or it is enrolled already.
        if done.returncode not in (0, 77):
            raise Violation(
                f"gridctl {words[0]}, 中断后再试 / tried again after a kill: "
                f"{done.returncode} {done.stderr}")
    for node in (root, child):
        for _ in range(rng.randrange(1, 3)):
            node.launch("--log-level", "error")
            time.sleep(rng.uniform(0, world.opening_seconds))
            world.kill(node)
            killed += 1
        node.start()
        identity = node.put("households", "address=一组")
        address = node.ask("get", "households", identity)["fields"]["address"]
        if address != "一组":
            raise Violation(f"{node.name}: {address}")
        world.stop(node)
    return (f"新节点入网和首次启动中断电 {killed} 次,照常入网",
            f"killed {killed} times while a new node is enrolled and first started")
