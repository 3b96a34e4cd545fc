"""Asks redbot about each address: what it warns of or calls bad, on the answer or on a second request, is a fault."""

import sys
from configparser import ConfigParser

import thor
from httplint.note import levels
from redbot.resource import HttpResource

# What is meant as it is: feeds bring pictures and sounds from servers without TLS, and pages show them.
MEANT = {"CSP_HTTP_URI"}

config = ConfigParser()
config.read_dict({"redbot": {"enable_local_access": "True"}})
addresses = sys.argv[1:]
faults = []


def faults_of(address, notes):
    for note in notes:
        name = type(note).__name__
        if note.level in (levels.WARN, levels.BAD) and name not in MEANT:
            faults.append(f"{address}: {name}: {note.summary}")
        faults_of(address, note.subnotes)


def check(address):
    resource = HttpResource(config["redbot"])
    resource.set_request(address)

    @thor.events.on(resource)
    def check_done():
        if not resource.response.complete:
            faults.append(f"{address}: no whole answer: {resource.fetch_error}")
        faults_of(address, resource.response.notes)
        for second in resource.subreqs.values():
            if second.fetch_started and not second.response.complete and second.fetch_error is not None:
                faults.append(f"{address}: {second.check_id}: {second.fetch_error}")
        left.discard(address)
        if not left:
            thor.stop()

    resource.check()


left = set(addresses)
for address in addresses:
    thor.schedule(0, check, address)
if left:
    thor.run()
for fault in faults:
    print(fault)
sys.exit(1 if faults or not addresses else 0)
