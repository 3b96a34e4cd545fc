"""Holds each JSON Feed named on the command line to the schema beside this file, formats and unique ids included."""

import json
import pathlib
import sys

import jsonschema


def reject(constant):
    raise ValueError(f"{constant} is no JSON")


def once(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError(f"a key stands twice: {keys}")
    return dict(pairs)


schema = json.loads((pathlib.Path(__file__).parent / "jsonfeed.schema.json").read_text(encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
failed = False
for path in sys.argv[1:]:
    text = pathlib.Path(path).read_bytes().decode("utf-8", errors="strict")
    feed = json.loads(text, parse_constant=reject, object_pairs_hook=once)
    faults = [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(feed)]
    ids = [item.get("id") for item in feed.get("items", [])]
    if len(ids) != len(set(ids)):
        faults.append("two items have one id")
    for fault in faults:
        failed = True
        print(f"{path}: {fault}")
sys.exit(failed)
