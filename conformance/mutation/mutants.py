"""The small changes that can be made to a program in Python, each a mutant: one piece of its source and what stands there instead."""
import ast
import collections
import hashlib
import re

# `lines`: those of its statement, the first and the last.
Mutant = collections.namedtuple("Mutant", "id operator function line lines start end was becomes")

EXCEPTIONS = re.compile(r"^(Stop|Retry|BadCursor|\w+Error)$")
COMPARISONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
               ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in"}
BOUNDARIES = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}
OPPOSITES = {ast.Lt: ">=", ast.LtE: ">", ast.Gt: "<=", ast.GtE: "<", ast.Eq: "!=", ast.NotEq: "==",
             ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in"}
ARITHMETIC = {ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.Pow: ("**", "*"),
              ast.LShift: ("<<", ">>")}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "HTTPSConnection": "HTTPConnection", "read1": "read",
         "ThreadingHTTPServer": "HTTPServer", "decode": "encode", "total_seconds": "microseconds"}
# What is often forgotten in a statement of SQL.
SQL = [("INSERT OR REPLACE", "INSERT OR IGNORE"), ("INSERT OR REPLACE", "INSERT"), (" AND id = ?", " AND ? != ''"),
       ("WHERE stream = ? AND", "WHERE ? != '' AND"), ("WHERE stream = ?", "WHERE ? != ''"), (" IMMEDIATE", ""), ("UNIQUE (stream, id)", "UNIQUE (id)"),
       (", UNIQUE (stream, id)", ""), (" PRIMARY KEY, cursor", ", cursor"), (" ORDER BY stream, modified, seq", ""), ("modified, seq", "seq"),
       ("modified, seq", "modified"), (", stamp, cursor", ", cursor, stamp"), ("id, deleted, payload", "id, payload, deleted"), ("stream, id, deleted", "id, stream, deleted"),
       ("PRAGMA journal_mode = WAL;", ""), (" IF NOT EXISTS", "")]


class Source:
    """The bytes of a program, and where the nodes of its syntax tree stand in them."""

    def __init__(self, text):
        self.bytes = text.encode("utf-8")
        self.lines = text.splitlines()
        self.starts = [0]
        for line in self.bytes.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.tree = ast.parse(text)

    def span(self, node):
        return (self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1] + node.end_col_offset)

    def text(self, node):
        start, end = self.span(node)
        return self.bytes[start:end].decode("utf-8")

    def with_change(self, mutant):
        return (self.bytes[:mutant.start] + mutant.becomes.encode("utf-8") + self.bytes[mutant.end:]).decode("utf-8")


class Finder(ast.NodeVisitor):
    def __init__(self, source):
        self.source = source
        self.found = []
        self.scopes = []
        self.keys = {}  # function: the texts that are its keys and names of fields
        self.messages = set()  # nodes within what is only said to people
        self.opposed = set()  # comparisons of which the opposite is there already

    # -- what is common to all operators --

    @property
    def function(self):
        return ".".join(self.scopes) or "module"

    def add(self, operator, span, becomes, node):
        was = self.source.bytes[span[0]:span[1]].decode("utf-8")
        if was != becomes:
            self.found.append((operator, self.function, node.lineno, span[0], span[1], was, becomes))

    def replace(self, operator, node, becomes):
        self.add(operator, self.source.span(node), becomes, node)

    def between(self, operator, left, right, pattern, becomes):
        """Replaces the operator between two operands."""
        begin, end = self.source.span(left)[1], self.source.span(right)[0]
        gap = self.source.bytes[begin:end].decode("utf-8")
        at = re.search(pattern, gap)
        if at:
            self.add(operator, (begin + at.start(), begin + at.end()), becomes, right)

    def visit_scope(self, node):
        self.scopes.append(node.name)
        self.keys.setdefault(self.function, key_texts(node))
        self.generic_visit(node)
        self.visit_block(node.body)
        self.scopes.pop()

    def visit_FunctionDef(self, node):
        for default in node.args.defaults:
            self.visit(default)
        self.visit_scope(node)

    def visit_ClassDef(self, node):
        for base in node.bases:
            if isinstance(base, ast.Name) and base.id == "Retry":
                self.replace("base", base, "Exception")
        self.visit_scope(node)

    # -- statements --

    def visit_Module(self, node):
        self.keys["module"] = []
        self.generic_visit(node)

    def visit_block(self, body):
        for index, statement in enumerate(body):
            if is_docstring(statement):
                continue
            if isinstance(statement, (ast.Expr, ast.AugAssign, ast.Raise, ast.Return, ast.For, ast.Delete)):
                self.replace("left-out", statement, "pass")
            elif isinstance(statement, ast.Assign) and not all(isinstance(target, ast.Name) for target in statement.targets):
                if not any(isinstance(target, ast.Tuple) for target in statement.targets):
                    self.replace("left-out", statement, "pass")
            elif isinstance(statement, ast.Assign) and (assigned_before(body[:index], statement) or self.scopes[-1:] == ["Webhooks"]
                                                        or self.scopes[-1:] == ["WebhookServer"]):
                self.replace("left-out", statement, "pass")
            following = body[index + 1] if index + 1 < len(body) else None
            if following and can_be_exchanged(statement, following):
                begin, end = self.source.span(statement)[0], self.source.span(following)[1]
                gap = self.source.bytes[self.source.span(statement)[1]:self.source.span(following)[0]].decode("utf-8")
                if "#" not in gap:
                    self.add("exchanged", (begin, end), self.source.text(following) + gap + self.source.text(statement), statement)
                else:  # its comment stays where it is
                    self.add("exchanged", (begin, end), self.source.text(following) + "\n" + " " * following.col_offset
                             + self.source.text(statement), statement)

    def visit_Return(self, node):
        if node.value and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            self.replace("result", node.value, "None")
        self.generic_visit(node)

    def visit_Raise(self, node):
        self.messages.update(id(part) for part in ast.walk(node))
        self.generic_visit(node)

    def visit_With(self, node):
        for item in node.items:
            self.replace("unguarded", item.context_expr, "contextlib.nullcontext()" if not item.optional_vars
                         else f"contextlib.nullcontext({self.source.text(item.context_expr)})")
        self.generic_visit(node)
        self.visit_block(node.body)

    def visit_For(self, node):
        text = self.source.text(node.iter)
        self.replace("iteration", node.iter, f"list({text})[1:]")
        self.replace("iteration", node.iter, f"list({text})[:-1]")
        self.generic_visit(node)
        self.visit_block(node.body)

    def visit_Try(self, node):
        self.generic_visit(node)
        self.visit_block(node.body)

    def visit_ExceptHandler(self, node):
        begin, end = self.source.span(node.body[0])[0], self.source.span(node.body[-1])[1]
        self.add("swallowed", (begin, end), "pass", node.body[0])
        self.add("unhandled", (begin, end), "raise", node.body[0])
        if isinstance(node.type, ast.Tuple):
            for left_out in node.type.elts:
                rest = [self.source.text(each) for each in node.type.elts if each is not left_out]
                self.replace("unhandled", node.type, f"({', '.join(rest)},)")
        self.generic_visit(node)
        self.visit_block(node.body)

    def visit_If(self, node):
        if self.scopes or not isinstance(node.test, ast.Compare) or "__name__" not in self.source.text(node.test):
            self.condition(node.test)
        self.generic_visit(node)
        self.visit_block(node.body)
        self.visit_block(node.orelse)

    def visit_While(self, node):
        if not isinstance(node.test, ast.Constant):
            self.condition(node.test)
        self.generic_visit(node)
        self.visit_block(node.body)

    # -- expressions --

    def condition(self, test):
        for constant in ("True", "False"):
            # What the condition itself names has still to be named.
            names = [part for part in ast.walk(test) if isinstance(part, ast.NamedExpr)]
            self.replace("constant", test, f"({self.source.text(test)} or True)" if names and constant == "True" else constant)
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            self.replace("negated", test, self.source.text(test.operand))
        else:
            self.replace("negated", test, f"not ({self.source.text(test)})")
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            self.opposed.add(id(test))

    def visit_IfExp(self, node):
        self.replace("constant", node, self.source.text(node.body))
        self.replace("constant", node, self.source.text(node.orelse))
        self.generic_visit(node)

    def visit_BoolOp(self, node):
        word = "and" if isinstance(node.op, ast.And) else "or"
        for left_out in node.values:
            rest = [self.bracketed(each) for each in node.values if each is not left_out]
            self.replace("shortened", node, f" {word} ".join(rest) if len(rest) > 1 else rest[0])
        for left, right in zip(node.values, node.values[1:]):
            self.between("logic", left, right, rf"\b{word}\b", "or" if word == "and" else "and")
        for value in node.values:
            if isinstance(value, ast.UnaryOp):
                self.replace("negated", value, self.source.text(value.operand))
            elif isinstance(value, ast.Compare) or word == "and":
                self.replace("negated", value, f"(not {self.bracketed(value)})")
        self.generic_visit(node)

    def bracketed(self, node):
        text = self.source.text(node)
        return f"({text})" if isinstance(node, (ast.BoolOp, ast.NamedExpr)) else text

    def visit_Compare(self, node):
        operands = [node.left, *node.comparators]
        for left, right, operator in zip(operands, operands[1:], node.ops):
            word = re.escape(COMPARISONS[type(operator)])
            if type(operator) in BOUNDARIES:
                self.between("boundary", left, right, word, BOUNDARIES[type(operator)])
            if id(node) not in self.opposed:
                self.between("comparison", left, right, word, OPPOSITES[type(operator)])
        if len(node.ops) > 1:  # a <= b < c
            texts = [self.source.text(operand) for operand in operands]
            words = [COMPARISONS[type(operator)] for operator in node.ops]
            self.replace("shortened", node, " ".join([texts[0], words[0], texts[1]]))
            self.replace("shortened", node, " ".join([texts[-2], words[-1], texts[-1]]))
        self.generic_visit(node)

    def visit_BinOp(self, node):
        if type(node.op) in ARITHMETIC:
            word, becomes = ARITHMETIC[type(node.op)]
            self.between("arithmetic", node.left, node.right, re.escape(word), becomes)
            if isinstance(node.op, (ast.Add, ast.Mult)) and id(node) not in self.messages:
                self.replace("shortened", node, self.source.text(node.left))
                self.replace("shortened", node, self.source.text(node.right))
        self.generic_visit(node)

    def visit_Constant(self, node):
        value = node.value
        if isinstance(value, bool):
            self.replace("constant", node, str(not value))
        elif isinstance(value, int):
            self.replace("number", node, str(value + 1))
            if value > 0:
                self.replace("number", node, str(value - 1))
            if value > 1:
                self.replace("number", node, f"({value} * 10)")
        elif isinstance(value, float):
            self.replace("number", node, str(value * 10))
            self.replace("number", node, "0.0")
        elif isinstance(value, str) and value and self.scopes and id(node) not in self.messages:
            self.text_changed(node, value)
        elif isinstance(value, str) and value:
            self.statement_changed(node)

    def text_changed(self, node, value):
        keys = self.keys.get(self.function, [])
        if value in keys and len(keys) > 1:
            self.replace("key", node, f'"{keys[(keys.index(value) + 1) % len(keys)]}"')
        if self.statement_changed(node):
            return
        text = self.source.text(node)
        if text[-1] in "\"'" and not text.endswith(('"""', "'''")):
            self.replace("text", node, text[:-1] + "x" + text[-1])

    def statement_changed(self, node):
        text = self.source.text(node)
        changed = False
        for was, becomes in SQL:
            for at in re.finditer(re.escape(was), text):
                if re.search("SELECT|INSERT|CREATE|BEGIN", text):
                    self.replace("sql", node, text[:at.start()] + becomes + text[at.end():])
                    changed = True
        return changed

    def visit_Subscript(self, node):
        if isinstance(node.slice, ast.Slice):
            self.replace("shortened", node, self.source.text(node.value))
        self.generic_visit(node)

    def visit_JoinedStr(self, node):
        if "=" in self.source.text(node) or id(node) in self.messages:
            return
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                continue
        text = self.source.text(node)
        self.replace("text", node, text[:-1] + "x" + text[-1])

    def visit_Dict(self, node):
        pairs = [pair for pair in zip(node.keys, node.values) if pair[0]]
        for (_, one), (_, other) in zip(pairs, pairs[1:]):
            begin, end = self.source.span(one)[0], self.source.span(other)[1]
            gap = self.source.bytes[self.source.span(one)[1]:self.source.span(other)[0]].decode("utf-8")
            self.add("exchanged", (begin, end), self.source.text(other) + gap + self.source.text(one), one)
        self.generic_visit(node)

    def visit_Tuple(self, node):
        if isinstance(node.ctx, ast.Load):
            for index, element in enumerate(node.elts):
                if self.source.text(element) != "None" and not isinstance(element, (ast.Name, ast.Attribute)) or len(node.elts) > 2 and isinstance(element, ast.Constant):
                    rest = [self.source.text(each) for each in node.elts if each is not element]
                    if not EXCEPTIONS.match(self.source.text(element)):
                        self.replace("shortened", node, f"({', '.join(rest)}{',' if len(rest) == 1 else ''})")
        if len(node.elts) > 1 and isinstance(node.ctx, ast.Store):
            self.swap(node.elts[0], node.elts[1])
        self.generic_visit(node)

    def visit_List(self, node):
        for one, other in zip(node.elts, node.elts[1:]):
            self.swap(one, other)
        for index, element in enumerate(node.elts):
            if len(node.elts) > 1:
                rest = [self.source.text(each) for each in node.elts if each is not element]
                self.replace("shortened", node, f"[{', '.join(rest)}]")
        self.generic_visit(node)

    def swap(self, one, other):
        begin, end = self.source.span(one)[0], self.source.span(other)[1]
        gap = self.source.bytes[self.source.span(one)[1]:self.source.span(other)[0]].decode("utf-8")
        self.add("exchanged", (begin, end), self.source.text(other) + gap + self.source.text(one), one)

    def visit_Call(self, node):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if EXCEPTIONS.match(name) or name == "say":
            self.messages.update(id(part) for argument in node.args for part in ast.walk(argument))
        if EXCEPTIONS.match(name) and name in ("BadCursor", "Stop", "Retry"):
            for other in ("BadCursor", "Stop", "Retry"):
                if not (name == "Retry" and other == "BadCursor"):
                    self.replace("exception", node.func, other)
        else:
            self.unwrapped(node)
        if len(node.args) > 1 and all(isinstance(argument, (ast.Name, ast.Attribute, ast.Subscript)) for argument in node.args[:2]):
            self.swap(node.args[0], node.args[1])
        for keyword in node.keywords:
            self.argument_left_out(node, keyword)
        if len(node.args) > 1 and (name in ("get", "get_all", "decode") or not node.keywords and name in ("ljust", "getattr", "replace")):
            self.argument_left_out(node, node.args[-1])
        if len(node.args) == 1 and name in ("pop", "wait", "read", "read1"):
            self.argument_left_out(node, node.args[0])
        self.generic_visit(node)

    def unwrapped(self, node):
        """f(x) becomes x, and x.f() becomes x."""
        if len(node.args) == 1 and not node.keywords and isinstance(node.func, (ast.Name, ast.Attribute)) and not isinstance(
                node.args[0], (ast.GeneratorExp, ast.Starred)):
            module = isinstance(node.func, ast.Name) or isinstance(node.func.value, ast.Name) and node.func.value.id in (
                "json", "os", "contextlib", "math", "email", "datetime")
            if module:
                self.replace("unwrapped", node, self.source.text(node.args[0]))
        if isinstance(node.func, ast.Attribute) and node.func.attr in (
                "strip", "rstrip", "lstrip", "replace", "decode", "encode", "ljust", "lower", "hexdigest"):
            self.replace("unwrapped", node, self.source.text(node.func.value))

    def argument_left_out(self, call, argument):
        rest = [self.source.text(each) for each in [*call.args, *call.keywords] if each is not argument]
        begin = self.source.span(call.func)[1]
        self.add("argument", (begin, self.source.span(call)[1]), f"({', '.join(rest)})", call)

    def visit_Name(self, node):
        if node.id in NAMES and isinstance(node.ctx, ast.Load):
            self.replace("name", node, NAMES[node.id])

    def visit_Attribute(self, node):
        if node.attr in NAMES:
            end = self.source.span(node)[1]
            self.add("name", (end - len(node.attr), end), NAMES[node.attr], node)
        self.generic_visit(node)


def is_docstring(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def assigned_before(statements, assignment):
    names = {target.id for target in assignment.targets}
    before = {node.id for statement in statements for node in ast.walk(statement)
              if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return bool(names & before)


def names_of(statement, context):
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, context)}


def can_be_exchanged(one, other):
    """Two statements side by side, of which neither needs a name that the other makes, and both are reached."""
    last = (ast.Return, ast.Raise, ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    if isinstance(one, last) or isinstance(other, last) or is_docstring(one) or is_docstring(other):
        return False
    made_by_one, made_by_other = names_of(one, ast.Store), names_of(other, ast.Store)
    return not (made_by_one & names_of(other, ast.Load) or made_by_other & names_of(one, ast.Load) or made_by_one & made_by_other)


def key_texts(node):
    """The texts by which fields are looked up or made, in their order."""
    keys = []
    for part in ast.walk(node):
        if isinstance(part, ast.Subscript):
            keys.append(part.slice)
        elif isinstance(part, ast.Dict):
            keys.extend(part.keys)
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in ("get", "get_all", "pop") and part.args:
            keys.append(part.args[0])
    return list(dict.fromkeys(key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)))


def lines_of_statement(tree, line):
    """The lines of the smallest statement that has this line; of one that has statements in it, those of its head."""
    found = None
    for node in ast.walk(tree):
        if isinstance(node, (ast.stmt, ast.ExceptHandler)) and node.lineno <= line <= node.end_lineno:
            if not found or node.end_lineno - node.lineno <= found.end_lineno - found.lineno:
                found = node
    inner = getattr(found, "body", None)
    return found.lineno, max(found.lineno, inner[0].lineno - 1) if inner else found.end_lineno


def find(text):
    """All mutants of a program, in the order of its lines. Those that are no Python, or the same program twice, are left out."""
    source = Source(text)
    finder = Finder(source)
    finder.visit(source.tree)
    mutants, seen, ids = [], {ast.dump(source.tree)}, collections.Counter()
    for operator, function, line, start, end, was, becomes in sorted(finder.found, key=lambda change: (change[2], change[3], change[0])):
        stable = "|".join([function, operator, source.lines[line - 1].strip(), was, becomes])
        name = f"{function}:{operator}:{hashlib.sha256(stable.encode()).hexdigest()[:6]}"
        mutant = Mutant(name, operator, function, line, lines_of_statement(source.tree, line), start, end, was, becomes)
        try:
            tree = ast.dump(ast.parse(source.with_change(mutant)))
        except SyntaxError:
            continue
        if tree in seen:
            continue
        seen.add(tree)
        ids[name] += 1
        mutants.append(mutant if ids[name] == 1 else mutant._replace(id=f"{name}-{ids[name]}"))
    return mutants
