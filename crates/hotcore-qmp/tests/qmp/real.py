"""A client of QEMU: a CPU is added and removed through qemu.qmp, as its documentation shows."""

import asyncio
import sys

from qemu.qmp import EventListener, ExecuteError, QMPClient


async def main(path):
    qmp = QMPClient("hotcore")
    events = EventListener()
    qmp.register_listener(events)
    await qmp.connect(path)
    print("greeted:", qmp.greeting.QMP.version["package"])
    status = await qmp.execute("query-status")
    print("status:", status["status"])
    # Many at once: each answer finds its question by its id.
    names = ["query-version", "query-target", "query-commands", "query-qmp-schema"] * 25
    answers = await asyncio.gather(*(qmp.execute(name) for name in names))
    print("answers:", len(answers))

    possible = await qmp.execute("query-hotpluggable-cpus")
    free = next(cpu for cpu in reversed(possible) if "qom-path" not in cpu)
    await qmp.execute("device_add", {"driver": free["type"], "id": "added", **free["props"]})
    await expect(events, "ACPI_DEVICE_OST")
    print("cpus:", len(await qmp.execute("query-cpus-fast")))
    try:
        await qmp.execute("device_add", {"driver": free["type"], "id": "added", **free["props"]})
    except ExecuteError as error:
        print("refused:", error.error_class, error)
    await qmp.execute("device_del", {"id": "added"})
    deleted = await expect(events, "DEVICE_DELETED")
    print("deleted:", deleted["data"]["path"])

    big = await qmp.execute("human-monitor-command", {"command-line": "x" * (9 << 20)})
    print("big:", len(big) < 1000)
    await qmp.execute("stop")
    await expect(events, "STOP")
    await qmp.execute("cont")
    await expect(events, "RESUME")
    await qmp.execute("quit")
    await expect(events, "SHUTDOWN")
    await qmp.disconnect()
    print("done")


async def expect(events, name):
    while True:
        event = await asyncio.wait_for(events.get(), 60)
        if event["event"] == name:
            return event


asyncio.run(main(sys.argv[1]))
