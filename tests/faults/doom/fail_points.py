"""Places at which a process can be told to die, or a thread to stand still.

They are named by a function of the product, which has no hook for it.

This module and its neighbour are loaded by the processes under test before anything of theirs; they import nothing.
"""

from typing import NamedTuple

BEFORE, DURING, AFTER, STILL = "before", "during", "after", "still"
START, TRAFFIC, MIDNIGHT, MONTH, HANG = "start", "traffic", "midnight", "month", "hang"


class Point(NamedTuple):
    """One place."""

    name: str
    phase: str
    """When it is passed: while the appliance starts, takes hits, ends a day, or ends a month and deletes old data; or
    by a writer that is to hang, which kills nobody."""
    when: str
    """Before the call, some milliseconds into it, after it has returned something, or still: as after, but it waits."""
    module: str
    function: str
    """`Class.method` or the name of a function."""
    word: str = ""
    """Only calls that have this argument."""


_QUEUE, _OUTBOX, _CLOSES = "appliance.state.shard", "appliance.state.outbox", "appliance.state.closes"
_CLIENT, _CLOSE, _CARRY = "appliance.warehouse.client", "appliance.warehouse.close", "appliance.warehouse.carry"
_RETENTION, _PARTITIONS = "appliance.warehouse.retention", "appliance.warehouse.partitions"
_PAGE, _KEYS, _EVIDENCE = "appliance.anonymize.key_page", "appliance.anonymize.keyring", "appliance.privacy.evidence"

POINTS = (
    Point("migration ran", START, AFTER, _CLIENT, "WriteClient.command"),
    Point("migration recorded", START, AFTER, _CLIENT, "WriteClient.insert", "schema_migrations"),
    Point("key half made", TRAFFIC, AFTER, _PAGE, "KeyPage._fill_random"),
    Point("key made", TRAFFIC, AFTER, _PAGE, "KeyPage.create"),
    Point("hits not appended", TRAFFIC, BEFORE, "appliance.state.appender", "DirectAppender.append"),
    Point("hits appended", TRAFFIC, AFTER, "appliance.state.appender", "DirectAppender.append"),
    Point("drop counts handed over", TRAFFIC, AFTER, _OUTBOX, "OutcomeSink.append"),
    Point("queue read", TRAFFIC, AFTER, _QUEUE, "Shard.read"),
    Point("before EXEC", TRAFFIC, AFTER, "appliance.state.lease", "Lease.renew"),
    Point("after EXEC", TRAFFIC, AFTER, _QUEUE, "Shard.commit"),
    Point("before the batch is noted", TRAFFIC, BEFORE, _OUTBOX, "Outbox.note"),
    Point("batch noted", TRAFFIC, AFTER, _OUTBOX, "Outbox.note"),
    Point("during the insert", TRAFFIC, DURING, _CLIENT, "WriteClient.insert", "event_facts"),
    Point("between two tables", TRAFFIC, AFTER, _CLIENT, "WriteClient.insert", "visit_facts"),
    Point("batch inserted", TRAFFIC, BEFORE, _OUTBOX, "Outbox.confirm"),
    Point("batch confirmed", TRAFFIC, AFTER, _OUTBOX, "Outbox.confirm"),
    Point("visits closed", MIDNIGHT, AFTER, "appliance.aggregate.shard_worker", "ShardWorker.close_day"),
    Point("key zeroed", MIDNIGHT, AFTER, _PAGE, "KeyPage.destroy"),
    Point("key destroyed", MIDNIGHT, AFTER, _KEYS, "Keyring.destroy"),
    Point("before evidence", MIDNIGHT, BEFORE, _EVIDENCE, "EvidenceLog.append", "key_destroyed"),
    Point("after evidence", MIDNIGHT, AFTER, _EVIDENCE, "EvidenceLog.append", "key_destroyed"),
    Point("file rewritten", MIDNIGHT, AFTER, "appliance.state.connection", "rewrite_append_only_file"),
    Point("close asked for", MIDNIGHT, AFTER, _CLOSES, "CloseRequests.request"),
    Point("for the month written", MIDNIGHT, AFTER, _CLIENT, "WriteClient.insert", "carry_open"),
    Point("during the cells", MIDNIGHT, DURING, _CLIENT, "WriteClient.insert", "cells"),
    Point("cells written", MIDNIGHT, AFTER, _CLIENT, "WriteClient.insert", "cells"),
    Point("day marked", MIDNIGHT, AFTER, _CLIENT, "WriteClient.insert", "closed_days"),
    Point("during the move", MIDNIGHT, DURING, _CARRY, "CarriedDay.move"),
    Point("moved to the month", MIDNIGHT, AFTER, _CARRY, "CarriedDay.move"),
    Point("day kept", MIDNIGHT, AFTER, _CLOSE, "keep_day"),
    Point("during the deletion", MIDNIGHT, DURING, "appliance.warehouse.running_cells", "delete_running"),
    Point("rows deleted", MIDNIGHT, AFTER, "appliance.warehouse.running_cells", "delete_running"),
    Point("days forgotten", MIDNIGHT, AFTER, _CLOSE, "forget_days"),
    Point("close is evident", MIDNIGHT, BEFORE, _CLOSES, "CloseRequests.done"),
    Point("close done", MIDNIGHT, AFTER, _CLOSES, "CloseRequests.done"),
    Point("before the month is marked", MONTH, BEFORE, _CLIENT, "WriteClient.insert", "closed_months"),
    Point("month marked", MONTH, AFTER, _CLIENT, "WriteClient.insert", "closed_months"),
    Point("month dropped", MONTH, AFTER, _PARTITIONS, "drop_partition", "carry"),
    Point("during a retention run", MONTH, DURING, _RETENTION, "delete_expired"),
    Point("retention rewrote a partition", MONTH, AFTER, _RETENTION, "_rewrite_partition"),
    Point("retention saw to a table", MONTH, AFTER, _RETENTION, "_verify"),
    Point("retention deleted", MONTH, AFTER, _RETENTION, "delete_expired"),
    Point("hangs after the insert", HANG, STILL, _CLIENT, "WriteClient.insert", "event_facts"),
)
