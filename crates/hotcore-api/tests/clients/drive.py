"""Drives a machine with the client that was generated of openapi.yaml: a life, a CPU, and an error."""

import json
import sys
from urllib.request import urlopen

from hotcore_client import Client
from hotcore_client.api.cpus import add_cpu, operation, operations, resize_vm
from hotcore_client.api.machine import boot_vm, create_vm, delete_vm, info
from hotcore_client.api.vmm import ping
from hotcore_client.models import (
    CpusConfig,
    Event,
    HotcoreConfig,
    HotcoreConfigRemovable,
    MemoryConfig,
    OneCpu,
    PayloadConfig,
    Resize,
    VmConfig,
)

address, kernel = sys.argv[1:]
client = Client(base_url=f"http://{address}/api/v1")
assert ping.sync(client=client).version
config = VmConfig(
    payload=PayloadConfig(kernel=kernel),
    cpus=CpusConfig(boot_vcpus=1, max_vcpus=4),
    memory=MemoryConfig(size=64 << 20),
    hotcore=HotcoreConfig(removable=HotcoreConfigRemovable.YES),
)
assert create_vm.sync_detailed(client=client, body=config).status_code == 204
assert info.sync(client=client).state == "Created"
assert boot_vm.sync_detailed(client=client).status_code == 204
added = add_cpu.sync(client=client, body=OneCpu(cpu=2))
assert added.outcome == "online" and added.timings.ended_us, added
later = operation.sync(added.id, client=client)
# A guest that still boots brings up a CPU that it finds, and hears of it afterwards.
heard = len(added.ost_history)
assert later.ost_history[:heard] == added.ost_history, later
later.ost_history = added.ost_history
assert later == added, later
assert info.sync(client=client).config.cpus.boot_vcpus == 2
begun = resize_vm.sync(client=client, body=Resize(desired_vcpus=4, report=True))
assert len(begun.operations) == 2, begun
assert len(operations.sync(client=client).operations) == 3
refused = resize_vm.sync_detailed(client=client, body=Resize(desired_vcpus=9))
assert refused.status_code == 400 and "1 to 4" in refused.parsed[0], refused
names = []
with urlopen(f"http://{address}/api/v1/vm.events?after=0") as stream:
    while "ost" not in names:
        line = stream.readline().decode()
        if line.startswith("data: "):
            told = json.loads(line.removeprefix("data: "))
            assert Event.from_dict(told).to_dict() == told, told
            names.append(told["event"])
assert names[:3] == ["created", "booted", "operation"], names
assert delete_vm.sync_detailed(client=client).status_code == 204
assert info.sync_detailed(client=client).status_code == 404
print("driven")
