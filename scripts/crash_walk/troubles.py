# SPDX-License-Identifier: Apache-2.0
"""The kinds of rounds on a folder: no room, files that may not grow, older images, copies.

Each takes a world whose daemons run and leaves it so. It returns what it did, in two languages.
"""

import contextlib
import os
import resource
import shutil
import subprocess
import time

from book import Book, Violation, read
from processes.node import Node
from processes.telling import eventually
from world import DISK, EQUAL_SECONDS

# Room that is left to a node whose disk is about to be full.
ROOM = 1_048_576


def resize(disk, size):
    subprocess.run(
        ["mount", "-o", f"remount,size={size}", "onegrid-crash", disk], check=True)


def used(disk):
    each = os.statvfs(disk)
    return (each.f_blocks - each.f_bfree) * each.f_frsize


def still_reads(world, node):
    """Reading goes on while nothing can be written."""
    world.check(node, settle=False)
    for path in ("/v1/status", "/v1/peers", "/v1/digest", "/v1/records/households?limit=5"):
        status, answer = node.send("GET", path)
        if status != 200:
            raise Violation(f"{node.name}: {path}: {status} {answer}")


def answers_or_ends(node):
    """Waits until a daemon that was launched answers or has ended; says whether it answers."""
    def done():
        try:
            return not node.runs or node.send("GET", "/v1/status")[0] == 200
        except OSError:
            return False
    eventually(done, f"{node.name}: an answer or an end", every=0.02)
    return node.runs


def full(world, rng):
    """The disk of a node runs full amid writes; it is killed so, and has room again."""
    node = rng.choice((world.village, world.village, world.township))
    disk = world.disks[node]
    resize(disk, used(disk) + rng.randrange(ROOM // 4, ROOM))
    # The village writes too: what the township cannot take must wait there. A record has one writer.
    beside = contextlib.nullcontext() if node is world.village else world.writers(
        world.village, rng, 1)
    with beside, world.writers(node, rng) as writers:
        eventually(lambda: writers.refused >= 20 or writers.errors, "a full disk", 120, 0.01)
    still_reads(world, node)
    findings = [each["code"] for each in world.status(node)["findings"]]
    if "disk_full" not in findings:
        raise Violation(f"状态没有说磁盘已满 / the status does not tell of a full disk: {findings}")
    killed = rng.random() < 0.7
    start = ""
    if killed:
        with world.writers(node, rng):
            time.sleep(rng.uniform(0, 0.1))
            world.kill(node)
        # Starting needs a little room; without it the daemon must say so and change nothing.
        node.launch()
        start = "满时能启动 / started while full"
        if answers_or_ends(node):
            still_reads(world, node)
        else:
            start = "满时不能启动 / did not start while full"
            if node.daemon.returncode != 70:
                raise Violation(f"{start}: {node.daemon.returncode}\n{world.tail(node)}")
    resize(disk, DISK)
    world.start(node)
    with world.writers(node, rng) as after:
        eventually(lambda: after.acknowledged >= 5 or after.errors, "writing again", 120, 0.01)
    world.kill(node)
    world.start(node)
    world.check(node)
    world.converge()
    return (f"{node.name}磁盘写满:答复 {writers.acknowledged} 条,拒绝 {writers.refused} 条,"
            "腾出空间后自行恢复",
            f"full disk: {writers.acknowledged} answered, {writers.refused} refused, "
            f"goes on with room; {start}")


def fsize(world, rng):
    """Files may not grow any further (SIGXFSZ is ignored), as when a quota is used up."""
    node = rng.choice((world.village, world.village, world.township))
    largest = max(
        each.stat().st_size for each in node.folder.glob("grid.db*") if each.suffix != ".db-shm")
    limit = rng.choice((largest, largest + 4_096, largest + rng.randrange(1, 200_000)))
    _, hard = resource.prlimit(node.daemon.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(node.daemon.pid, resource.RLIMIT_FSIZE, (limit, hard))
    writers = world.writers(node, rng)
    writers.allowed.add("store_failed")
    with writers:
        eventually(lambda: writers.refused >= 5 or writers.errors, "a refusal", 120, 0.01)
    still_reads(world, node)
    world.kill(node)
    if rng.random() < 0.3:
        # Limited from its first moment on: it may serve what it has, or end and say why.
        limit = rng.choice((0, 4_096, largest))
        node.launch(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard)))
        if answers_or_ends(node):
            still_reads(world, node)
            world.kill(node)
        elif node.daemon.returncode != 70:
            raise Violation(f"{node.name}: {node.daemon.returncode}\n{world.tail(node)}")
    world.start(node)
    world.check(node)
    return (f"{node.name}文件不许再变大:答复 {writers.acknowledged} 条,"
            f"拒绝 {writers.refused} 条,重启后都在",
            f"files may not grow: {writers.acknowledged} answered, {writers.refused} refused, "
            "all there after a restart")


def replica(world, node):
    return world.status(node)["node"]["replica"]


def write_on_both(world, rng, seconds):
    with world.writers(world.village, rng), world.writers(world.township, rng, 1):
        time.sleep(seconds)


def restore(world, rng):
    """An older copy of a folder is put back after more was written, delivered and not."""
    node = rng.choice((world.village, world.village, world.township))
    backup = world.folder / "backup"
    whole = rng.random() < 0.7
    write_on_both(world, rng, rng.uniform(0.05, 0.2))
    before = replica(world, node)
    world.stop(node)
    shutil.copytree(node.folder, backup)
    world.start(node)
    write_on_both(world, rng, rng.uniform(0.1, 0.3))
    world.converge()
    image = world.books[node].image()
    # What follows does not reach the other side, and is lost with the folder.
    world.wire.cut()
    with world.writers(node, rng):
        time.sleep(rng.uniform(0, 0.15))
        world.kill(node)
    world.books[node].forget_after(image)
    put_back(node, backup, whole)
    offline = rng.random() < 0.5
    if not offline:
        world.wire.join()
    for _ in range(rng.randrange(3)):
        # Also while it becomes a new replica.
        node.launch()
        time.sleep(rng.uniform(0, world.opening_seconds))
        world.kill(node)
    world.start(node)
    # Writing goes on at once, before or while the other side is met.
    with world.writers(node, rng, only=read(node)) as writers:
        time.sleep(rng.uniform(0.05, 0.2))
    if offline:
        world.wire.join()
    world.converge()
    if replica(world, node) == before:
        raise Violation(f"{node.name}: 还原后没有换新身份 / goes on as the same replica")
    write_on_both(world, rng, 0.05)
    world.converge()
    world.verify(world.township)
    return (f"{node.name}{'整个目录' if whole else '数据库'}还原为旧备份:换新身份,"
            f"之后答复 {writers.acknowledged} 条,送到过对方的都回来了",
            f"{'folder' if whole else 'database'} put back to an older copy, "
            f"{'offline' if offline else 'linked'}: a new replica, {writers.acknowledged} answered, "
            "what had reached the other side is back")


def put_back(node, backup, whole):
    """Puts the copy, or only its database, in the place of what is there."""
    if whole:
        shutil.rmtree(node.folder)
        shutil.copytree(backup, node.folder)
    else:
        for leftover in node.folder.glob("grid.db*"):
            leftover.unlink()
        for each in backup.glob("grid.db*"):
            shutil.copy2(each, node.folder)
    shutil.rmtree(backup)


def clone(world, rng):
    """A copied folder runs beside the original; both write, and both reach the township."""
    copy = Node(world.programs, world.folder / "clone", "茶香村(副本)", world.village.code)
    with world.writers(world.village, rng):
        time.sleep(0.1)
    world.stop(world.village)
    shutil.copytree(world.village.folder, copy.folder)
    world.nodes.append(copy)
    world.guests = [copy]
    world.books[copy] = Book()
    try:
        world.start(world.village)
        copy.start(*world.village.arguments)
        with world.writers(world.village, rng, 1) as one, world.writers(copy, rng, 1) as other:
            time.sleep(rng.uniform(0.2, 0.5))
        # They are one to the township, which keeps one link a key: they take turns.
        eventually(
            lambda: world.status(copy)["upstream"]["waiting_entries"] == 0,
            "the copy's writes at the township", EQUAL_SECONDS)
        world.check(copy)
        world.stop(copy)
        world.watch()
    finally:
        world.nodes.remove(copy)
    world.converge()
    world.verify(world.township)
    world.books[world.village].promises.update(world.books.pop(copy).promises)
    shutil.rmtree(copy.folder)
    return (f"目录被复制,两个一起运行:{one.acknowledged} 条和 {other.acknowledged} 条都到了镇里",
            f"a copy beside the original: {one.acknowledged} and {other.acknowledged} answered, "
            "both at the township")
