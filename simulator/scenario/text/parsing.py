"""The parser of a scenario's text: JSON or YAML -> nodes."""

from __future__ import annotations

from simulator.scenario.text.nodes import Budget, Node, Problem, ScenarioError


def parse(text: str, file: str, budget: Budget | None = None) -> Node:
    """The root node of the one document of a YAML or JSON text. Raises `ScenarioError`."""
    budget = budget or Budget()
    budget.take(text, file)
    if text.lstrip()[:1] in ("{", "["):
        from simulator.scenario.text.json_text import parse_json

        json_root = parse_json(text, file, budget)
        if json_root is not None:
            return json_root
    return _parse_yaml(text, file, budget)


def _parse_yaml(text: str, file: str, budget: Budget) -> Node:
    import yaml  # here, because most starts read no YAML

    from simulator.scenario.text.yaml_text import LINE_BREAK, NodeBuilder, clamped, position

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        events = yaml.parse(text, Loader=loader)
        builder = NodeBuilder(file, events, budget)
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise builder.fail(event, "a second document; a scenario is one")
            if isinstance(event, yaml.NodeEvent):
                root = builder.node(event, 0)
    except UnicodeEncodeError:
        raise ScenarioError([Problem(file, 1, 1, "", "not YAML: an unpaired surrogate is not valid text")]) from None
    except yaml.YAMLError as error:
        if "nesting depth" in str(error) and (mark := getattr(error, "problem_mark", None)):
            return parse(
                text[: mark.index], file
            )  # libyaml looks ahead and meets its own cap first; ours is lower, so parse only up to there
        line, column = clamped(text, *position(getattr(error, "problem_mark", None)))
        message = getattr(error, "problem", None) or str(error).splitlines()[0]
        if message.startswith("found") and LINE_BREAK.split(text)[line - 1][column - 1 : column] == "\t":
            message = "found a tab; YAML is indented with spaces alone, so replace each tab by spaces"
        raise ScenarioError([Problem(file, line, column, "", f"not YAML: {message}")]) from None
    if root is None or (root.plain and root.text == ""):  # the parser has nothing at the place where the text ended
        return Node(1, 1, file, text="", plain=True)
    return root
