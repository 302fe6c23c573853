"""A text to its nodes, by what kind of text it is."""

from __future__ import annotations

from simulator.scenario.text.nodes import Budget, Node, Problem, ScenarioError


def parse(text: str, file: str, budget: Budget | None = None) -> Node:
    """The one document of a YAML or JSON text. Raises `ScenarioError`."""
    budget = budget or Budget()
    budget.take(text, file)
    if text.lstrip()[:1] in ("{", "["):
        from simulator.scenario.text.json_text import parse_json

        found = parse_json(text, file, budget)
        if found is not None:
            return found
    return _parse_yaml(text, file, budget)


def _parse_yaml(text: str, file: str, budget: Budget) -> Node:
    import yaml  # here, because most starts read no YAML

    from simulator.scenario.text.yaml_text import LINE_BREAK, _Builder, _inside, position

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        events = yaml.parse(text, Loader=loader)
        builder = _Builder(file, events, budget)
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise builder.fail(event, "a second document; a scenario is one")
            if isinstance(event, yaml.NodeEvent):
                root = builder.node(event, 0)
    except UnicodeEncodeError:
        raise ScenarioError([Problem(file, 1, 1, "", "not YAML: half of a surrogate pair is no text")]) from None
    except yaml.YAMLError as error:
        if "nesting depth" in str(error) and (mark := getattr(error, "problem_mark", None)):
            return parse(text[: mark.index], file)  # libyaml's own cap, met while it looks ahead: ours comes first
        line, column = _inside(text, *position(getattr(error, "problem_mark", None)))
        message = getattr(error, "problem", None) or str(error).splitlines()[0]
        if message.startswith("found") and LINE_BREAK.split(text)[line - 1][column - 1 : column] == "\t":
            message = "found a tab; YAML is indented with spaces alone, so replace each tab by spaces"
        raise ScenarioError([Problem(file, line, column, "", f"not YAML: {message}")]) from None
    return root or Node(1, 1, file, text="", plain=True)
