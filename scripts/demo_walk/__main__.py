# SPDX-License-Identifier: Apache-2.0
"""A township and three villages: enrolled, filled, cut off, killed, joined, and found equal."""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import references
from demo_data import places
from processes.link import Link
from processes.node import Node
from processes.telling import Failed, chapter, check, eventually

SCRIPTS = pathlib.Path(__file__).resolve().parents[1]
TOWNSHIP = ("谷脚镇", "522730103")
VILLAGES = ("茶香村", "高堡村", "观音村")
OWNED_BY_TOWNSHIP = ("grids", "household_units", "staff")
OWNED_BY_VILLAGE = ("households", "residents", "matters")


class County:
    def __init__(self, programs, folder):
        self.folder = folder
        self.township = Node(programs, folder / "township", *TOWNSHIP)
        codes = {
            place.name: code for code, place in places.villages().items()
            if place.township == TOWNSHIP[0]
        }
        self.villages = [
            Node(programs, folder / codes[name], name, codes[name]) for name in VILLAGES
        ]
        self.links = {}

    @property
    def nodes(self):
        return [self.township, *self.villages]

    def enrol(self):
        chapter("入网:不用网络,只用文件", "enrolment by files, without any network")
        name, code = TOWNSHIP
        self.township.call("init", "--area", code, "--name", name, "--root", "--no-passphrase")
        for village in self.villages:
            self.township.enrol(village, self.folder)
        check(True, "三个村拿到了镇里签发的证书", "three villages hold certificates of the township")

    def start(self):
        chapter("启动四个节点,每个是独立的进程", "four nodes, each a process of its own")
        self.township.start("--listen", "127.0.0.1:0")
        host, port = self.township.ask("status")["listen"].rsplit(":", 1)
        for village in self.villages:
            # Each village reaches the township over a wire of its own, which can be cut.
            self.links[village.code] = Link((host, int(port)))
            village.start("--peer", self.links[village.code].address)
        eventually(
            lambda: self.township.ask("status")["villages"]["connected"] == 3, "three links")
        check(True, "三个村都连上了镇", "all three villages are linked to the township")

    def fill(self):
        chapter("登记:真实区划、合成居民、2,000 件真实时间的事项",
                "records: real divisions, synthetic people, 2,000 real service requests")
        with_rows = [self.make_rows(number, each) for number, each in enumerate(self.villages, 1)]
        threads = [
            threading.Thread(target=self.remember, args=(self.import_village, *each))
            for each in zip(self.villages, with_rows)
        ]
        self.errors = []
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.errors:
            raise self.errors[0]
        self.converged()
        matters = self.township.ask("sql", "SELECT count(*) FROM matters")["rows"][0][0]
        check(matters == 2000, "2,000 件事项都到了镇里", "all 2,000 matters are at the township",
              f"{matters}")
        incomplete = next(
            each["incomplete"] for each in self.township.ask("status")["records"]
            if each["collection"] == "households")
        check(incomplete == 0, "每户都有户主、成员和联户,没有缺项",
              "each household has its head, members and unit; none is incomplete",
              f"{incomplete}")

    def remember(self, work, *arguments):
        try:
            work(*arguments)
        except Exception as error:  # Threads have no other way to say it.
            self.errors.append(error)

    def make_rows(self, number, village):
        rows = self.folder / f"rows-{village.code}"
        subprocess.run(
            [sys.executable, "-B", SCRIPTS / "make-demo-data", "--village", village.code,
             "--share", f"{number}/{len(self.villages)}", "--out", rows],
            check=True, stdout=subprocess.DEVNULL)
        return rows

    def import_village(self, village, rows):
        for collection in OWNED_BY_TOWNSHIP:
            self.township.ask(
                "import", collection, rows / f"{collection}.csv", "--area", village.code,
                "--apply")
        counts = {}
        for collection in OWNED_BY_VILLAGE:
            answer = village.ask("import", collection, rows / f"{collection}.csv", "--apply")
            counts[collection] = answer["applied"]
        # The units came from the township, over the link.
        eventually(
            lambda: len(references.ids(village, "household_units", "unit_code"))
            == lines(rows / "household_units.csv"), f"{village.name}: units")
        counts["ties"] = references.tie(village, rows / "links.csv")
        print("    " + f"{village.name}: " + ", ".join(f"{n} {c}" for c, n in counts.items()),
              flush=True)

    def converged(self, villages=None, seconds=60):
        """Waits until each village and the township have equal digests of the village."""
        for village in villages or self.villages:
            def equal():
                mine, theirs = village.digests(), self.township.digests()
                return mine and all(theirs.get(area) == digest for area, digest in mine.items())
            eventually(equal, f"{village.name}: equal digests", seconds)
        return True

    def stop(self):
        codes = [each.stop() for each in self.nodes]
        for link in self.links.values():
            if link.listener:
                link.cut()
        return codes


def lines(path):
    """Rows of a CSV file without its head."""
    return path.read_text(encoding="utf-8").count("\n") - 1


def cut_off(county):
    """Edits on both sides of a cut wire. Returns the two households they were made on."""
    chapter("切断茶香村的网络(进程照常运行),两边各自修改",
            "the wire to 茶香村 is cut, its process goes on; both sides edit")
    village, township = county.villages[0], county.township
    first, second = [each["id"] for each in village.ask("list", "households")["items"][:2]]
    county.links[village.code].cut()
    eventually(lambda: village.ask("status")["upstream"]["state"] != "connected", "cut off")

    village.put("households", first, "address=茶香村1组1号(新修房)")
    township.put("households", first, "contact_phone=15400000001")
    village.put("households", second, "address=茶香村1组2号甲")
    township.put("households", second, "address=茶香村1组2号乙")
    village.put("matters", "title=村口道路塌方", "content=断网期间登记", "urgency=urgent")

    upstream = village.ask("status")["upstream"]
    check(upstream["waiting_entries"] == 3, "村里如实说:3 条还没送到,以及原因",
          "the village says what has not arrived, and why", str(upstream))
    print(f"    {upstream['reason_zh']} / {upstream['reason_en']}")
    check(village.ask("get", "households", first)["fields"]["address"].endswith("(新修房)"),
          "断网时读写照常", "reading and writing go on without the link")
    return first, second


def kill_while_writing(county):
    chapter("高堡村正在登记时断电(kill -9)", "高堡村 is killed with -9 in the middle of writing")
    village = county.villages[1]
    saved, stop = [], threading.Event()

    def write(writer):
        app = village.app()
        try:
            for number in range(100_000):
                note = f"巡查 {writer}-{number}"
                status, answer = app.send("POST", "/v1/records/patrols", {"fields": {
                    "grid_code": f"{village.code}001", "started_at": "2026-10-01T08:00:00+08:00",
                    "ended_at": "2026-10-01T09:00:00+08:00", "note": note}})
                if status != 201:
                    raise Failed(f"{status}: {answer}")
                saved.append((answer["id"], note))
        except OSError:
            pass  # The daemon is gone.
        except Exception as error:
            stop.error = error

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    eventually(lambda: len(saved) >= 200, "200 patrols", 30)
    village.kill()
    for writer in writers:
        writer.join()
    if hasattr(stop, "error"):
        raise stop.error
    village.start()
    found = {
        row[0]: row[1] for row in village.ask("sql", "SELECT id, note FROM patrols")["rows"]
    }
    lost = [identity for identity, note in saved if found.get(identity) != note]
    check(not lost, f"答复过“已保存”的 {len(saved)} 条一条不少",
          f"all {len(saved)} acknowledged records are there", f"{len(lost)} lost")


def join_again(county, first, second):
    chapter("网络恢复", "the wire is joined again")
    village, township = county.villages[0], county.township
    county.links[village.code].join()
    county.converged()
    check(True, "镇与各村的摘要逐区相同", "the digests of township and villages are equal")
    for node in (village, township):
        fields = node.ask("get", "households", first)["fields"]
        check(fields["address"].endswith("(新修房)") and fields["contact_phone"] == "15400000001",
              f"{node.name}:不同项的修改都在(并行修改)",
              "edits of different fields are both there (parallel update)", str(fields))
        noted = node.ask("status")["parallel_updates"]
        check(noted >= 1, f"{node.name}:并行修改有记录", "and it is noted", str(noted))
        items = node.ask("conflicts")["items"]
        values = sorted(value["value"] for each in items for value in each["values"])
        check([each["id"] for each in items] == [second] and len(values) == 2,
              f"{node.name}:同一项的两个值都保留,显示为冲突",
              "two values of one field are kept and shown as a conflict", str(items))
    print(village.call("conflicts").stdout, end="")
    village.call("resolve", "households", second, "address", "--set", "茶香村1组2号")
    county.converged()
    for node in county.nodes[:2]:
        check(not node.ask("conflicts")["items"]
              and node.ask("get", "households", second)["fields"]["address"] == "茶香村1组2号",
              f"{node.name}:冲突已解决", "the conflict is settled")


def borders(county):
    chapter("权限", "borders")
    one, other = county.villages[0], county.villages[1]
    refused = other.call("put", "households", "address=越界", "--area", one.code, wants=77)
    check("证书" in refused.stderr, "高堡村写茶香村的记录:被拒绝,并说明原因",
          "a write outside a village's own area is refused, with the reason", refused.stderr)
    print(f"    {refused.stderr.strip()}")
    check(one.code not in other.digests(), "高堡村没有茶香村的日志",
          "高堡村 holds no log of 茶香村")
    number, resident = one.plainly(
        "sql", "SELECT id_no, id FROM residents WHERE id_no IS NOT NULL LIMIT 1")["rows"][0]
    township = county.township
    check(one.holds(resident) and township.holds(resident) and not other.holds(resident),
          "茶香村的居民不在高堡村的磁盘上(茶香村和镇里有)",
          "residents of 茶香村 are on its disk and the township's, not on 高堡村's")
    check(not any(each.holds(number) for each in (one, township, other)),
          "没有一台磁盘上有明文的身份证号", "no disk holds a resident number in the open")


def look(county):
    chapter("敏感信息:列表里是遮盖的,看原值要说明理由,并记入操作日志",
            "sensitive values: masked in lists; plain ones need a reason and are noted")
    village, township = county.villages[0], county.township
    number = village.plainly(
        "sql", "SELECT id_no FROM residents WHERE id_no IS NOT NULL LIMIT 1")["rows"][0][0]
    found = village.ask("list", "residents", f"id_no={number}")["items"]
    shown = found[0]["fields"]["id_no"]
    check(shown == f"{number[:6]}********{number[-4:]}", "按身份证号能查到人,号码是遮盖的",
          "a number finds its person, and is shown masked", shown)
    refused = village.call("get", "residents", found[0]["id"], "--plain", "--reason", " ", wants=65)
    print(f"    {refused.stderr.strip()}")
    record = village.ask(
        "get", "residents", found[0]["id"], "--plain", "--reason", "核对低保申请")
    check(record["fields"]["id_no"] == number, "说明理由后看到原值", "with a reason it is plain")
    county.converged([village])
    acts = township.ask("audit", "--act", "plain_read", "--area", village.code)["items"]
    check([(each["object"], each["reason"]) for each in acts]
          == [(f"residents/{found[0]['id']}", "核对低保申请")],
          "镇里看得到:谁、何时、看了谁、为什么",
          "the township sees who looked at whom, when and why", str(acts))
    print(township.call("audit", "--limit", "4").stdout, end="")


def verify(county):
    chapter("核对:重放全部日志,比较每一张表", "verify: replay every log, compare every table")
    for node in county.nodes:
        answer = node.ask("verify")
        check(answer["ok"], f"{node.name}:{answer['entries']} 条日志、{answer['records']} 条记录一致",
              f"{answer['entries']} entries and {answer['records']} records agree",
              str(answer["findings"]))


def show(county):
    chapter("镇里看到的", "what the township sees")
    print(county.township.call("status").stdout)
    print(county.township.call("peers").stdout)
    time.sleep(6)  # Nodes give back what they no longer need every five seconds.
    memory = ", ".join(f"{node.name} {node.memory():.0f} MB" for node in county.nodes)
    carried = ", ".join(
        f"{village.name} {county.links[village.code].bytes / 1024:.0f} KB"
        for village in county.villages)
    print(f"空闲内存 / idle memory: {memory}\n线路 / carried: {carried}")


def walk(county):
    county.enrol()
    county.start()
    county.fill()
    first, second = cut_off(county)
    kill_while_writing(county)
    join_again(county, first, second)
    borders(county)
    look(county)
    verify(county)
    show(county)
    codes = county.stop()
    check(codes == [0] * 4, "四个节点正常停止", "all four nodes stopped in order", str(codes))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--keep", type=pathlib.Path, metavar="FOLDER")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="onegrid-demo-") as temporary:
        folder = options.keep or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        county = County(options.programs.resolve(), folder)
        try:
            walk(county)
        except (Failed, subprocess.SubprocessError) as error:
            print(f"\n✗ 演示失败 / the demonstration failed: {error}", file=sys.stderr, flush=True)
            return 1
        finally:
            county.stop()
    chapter("演示完成,每一项检查都通过", "the demonstration is done; every check held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
