# SPDX-License-Identifier: Apache-2.0
"""The two peers behind one face: a document that holds the map `household`.

Each record is a nested map below `household`, by its name; its fields are the keys. A library is
imported only when a document of it is made, so that neither pays for the other.
"""

ROOT = "household"


class LoroDocument:
    """A document of Loro. One operation is one commit."""

    def __init__(self, writer):
        import loro

        self.loro = loro
        self.document = loro.LoroDoc()
        self.document.peer_id = writer
        self.root = self.document.get_map(ROOT)
        self.records = {}
        self.made = []
        self.subscription = self.document.subscribe_local_update(self._keep)

    def _keep(self, update):
        self.made.append(bytes(update))
        return True

    def put(self, operation):
        """The update of this operation; None when every field held this value already."""
        name = operation["id"]
        record = self.records.get(name)
        if record is None:
            record = self.root.get_or_create_container(name, self.loro.LoroMap())
            self.records[name] = record
        for field, value in operation["set"].items():
            record.insert(field, value)
        self.document.commit()
        made, self.made = self.made, []
        return made[0] if made else None

    def state(self):
        return self.document.oplog_vv.encode()

    def missing(self, state):
        """What a document with this state lacks; None when it lacks nothing.

        A snapshot is Loro's fastest form for a document that has nothing yet.
        """
        theirs = self.loro.VersionVector.decode(state)
        if theirs.includes_vv(self.document.oplog_vv):
            return None
        if theirs == self.loro.VersionVector():
            return self.whole()
        return self.document.export(self.loro.ExportMode.Updates(theirs))

    def whole(self):
        return self.document.export(self.loro.ExportMode.Snapshot())

    def apply(self, updates):
        """Takes updates in the order of their writers; true when the document grew.

        Many are imported while detached: measured faster than import_batch and than one by one.
        """
        before = self.document.oplog_vv
        if len(updates) == 1:
            self._take(updates[0])
        else:
            self.document.detach()
            for update in updates:
                self._take(update)
            self.document.checkout_to_latest()
        return self.document.oplog_vv != before

    def _take(self, update):
        status = self.document.import_(update)
        assert status.pending is None, status.pending

    def record(self, name):
        return self.root[name].container.get_value()

    def everything(self):
        return self.root.get_deep_value()


class YrsDocument:
    """A document of Yrs. One operation is one transaction."""

    def __init__(self, writer):
        import pycrdt

        self.pycrdt = pycrdt
        self.document = pycrdt.Doc(client_id=writer)
        self.root = self.document.get(ROOT, type=pycrdt.Map)
        self.records = {}

    def put(self, operation):
        """The update of this operation."""
        made = []
        subscription = self.document.observe(lambda event: made.append(event.update))
        with self.document.transaction():
            self._set(operation["id"], operation["set"])
        self.document.unobserve(subscription)
        return made[0]

    def _set(self, name, fields):
        record = self.records.get(name)
        if record is None and name in self.root:
            record = self.records[name] = self.root[name]
        if record is None:
            record = self.records[name] = self.pycrdt.Map(fields)
            self.root[name] = record
            return
        for field, value in fields.items():
            record[field] = value

    def state(self):
        return self.document.get_state()

    def missing(self, state):
        """What a document with this state lacks; None when Yrs has nothing at all to say.

        This is the second step of Yjs's own sync protocol. It holds every deletion ever made,
        because a state vector does not tell which of them the other side has seen.
        """
        update = self.document.get_update(state)
        return None if update == b"\x00\x00" else update

    def whole(self):
        return self.document.get_update()

    def apply(self, updates):
        """Takes updates in one transaction; true when the document changed."""
        changes = []
        subscription = self.document.observe(changes.append)
        with self.document.transaction():
            for update in updates:
                self.document.apply_update(update)
        self.document.unobserve(subscription)
        return bool(changes)

    def record(self, name):
        return self.root[name].to_py()

    def everything(self):
        return self.root.to_py()


DOCUMENTS = {"loro": LoroDocument, "yrs": YrsDocument}
