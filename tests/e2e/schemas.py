"""schemas: YAML files against the JSON schemas in a folder, each by its path; the words of YAML are those that jkr reads.

usage: schemas.py FOLDER FILE…       prints a line for each file that does not fit, and "N fit" at the end
"""
import json
import re
import sys

import jsonschema
import yaml

folder, *files = sys.argv[1:]
KINDS = {
    r"(^|/)(jkr|config)\.yaml$": "config",
    r"(^|/)matrix[^/]*\.yaml$": "matrix",
    r"(^|/)plugin\.yaml$": "plugin",
    r"(^|/)pins[^/]*\.yaml$": "pins",
    r"(^|/)profiles/[^/]+$": "profile",
    r"(^|/)(toolchains|seeds/yaml)/[^/]+$": "toolchain",
}


class Core(yaml.SafeLoader):
    """YAML's core schema: `no` and `1.5` are texts."""


Core.yaml_implicit_resolvers = {}
for tag, pattern in (("null", r"~|null|Null|NULL|"), ("bool", r"true|True|TRUE|false|False|FALSE"),
                     ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), None)


def validator(kind):
    with open(f"{folder}/{kind}.schema.json") as f:
        schema = json.load(f)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


validators = {kind: validator(kind) for kind in KINDS.values()}
fit = 0
for path in files:
    kind = next(kind for pattern, kind in KINDS.items() if re.search(pattern, path))
    with open(path) as f:
        found = sorted(e.message for e in validators[kind].iter_errors(yaml.load(f, Core)))
    fit += not found
    if found:
        print(f"{path}: {found[0][:150]}")
print(f"{fit} fit")
