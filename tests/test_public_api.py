"""What users may import, which module may import which, and how little an import loads."""

from __future__ import annotations

import ast
import doctest
import inspect
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

import dedup
import dedup.evaluation

PACKAGE = Path(dedup.__file__).parent

EXPORTED = """
    Alignment Article Attribution BusyError Change ChangeKind Cluster Comparison DedupError
    Derivation DumpError Evaluation Fields FormatError Index InputError Match Matches Member
    MissingExtraError Pair Passage PassageKind Reason Region Rejected Report Sentence SimilarPair
    Span Story StoryMember Trace Verdict align compare compare_many evaluate near_duplicates scan
    sketch trace why
""".split()

ORDER = """
    version errors hints progress values moments model arrays packed threads writing text.marks
    dump.dates dump.pagedates dump.extras dump.binaries dump.packing dump.inputs dump.files dump.ids
    dump._escapes
    dump.cells dump.mending dump.records dump.cards dump.repeats dump.documents dump.formats
    dump.charsets dump.separated dump.feeds dump.tables dump.frames dump.webpages dump.reading
    dump._json dump.batches dump.stored dump.blocks dump.again
    dump.spooling dump dump.sources
    tabular given text text._languages text.vocabulary text.tokens text.patterns text.points
    text.sentences text._words text._breaks text._wraps text.wrapping text.words
    text._page text._sentences
    candidates candidates._sketches candidates.lsh candidates.resemblance candidates.minhash
    candidates._terms candidates._joins candidates.terms
    furniture furniture.rule furniture.rules furniture.notices furniture.leads furniture._furniture
    furniture._rules furniture.finding furniture._repetition furniture.repetition
    reading reading._reading reading.texts
    facts facts._table facts.lexicon facts._standing facts._traits facts._differing facts.told
    facts.numbers facts.dates facts.loose facts.equivalents facts.quantities facts.duals facts.names
    facts.quotations facts.contexts facts.negations facts.opposites facts.antonyms facts.changes
    alignment alignment._chain alignment._choice alignment._grams
    alignment._likeness alignment._runs alignment._stars alignment._words alignment.laid
    alignment.finding
    alignment._borders alignment._seeds alignment.regions alignment.making alignment.passages
    verdict verdict.bounds verdict.combining verdict.contents verdict.measures verdict.limits
    verdict._sorting verdict._stories
    verdict._links verdict._counting verdict._senses verdict.senses verdict._amounts
    verdict._arranging verdict._runs
    verdict._dates verdict._orders verdict._words verdict._lacking verdict._prose verdict._paths
    verdict._stretches verdict._measures
    verdict._evidence verdict.stories verdict._trees
    verdict.trees verdict._judging verdict.judging verdict.rarity
    views.pages views.wording views.reasons views.marks views.minimap views.machine views.page
    views.terminal views.notebook views
    comparison explanation tracing
    index index._rows index._lists index._lookups index.container index.rows index.segment
    index.merging index.changes index.catalog index.shelf index.asking index.store
    index.records index.adding index.matches index.answering index.following index.format_two
    index.folders index.index index.past
    report.findings report.figures report.tables report.parquet report.rows report.sides
    report.page report.folder report
    corpus corpus.checkpoint corpus.clusters corpus.pool corpus.windows corpus.neardup
    corpus.marking corpus.past
    corpus.judging corpus.grouping corpus.drawing corpus.result corpus.scanning
    evaluation.labels evaluation.quality evaluation.chart evaluation.labelled evaluation.evaluating
    evaluation
    spark.flow spark.packing spark.reading spark.cards spark.matching spark.couples spark.judging
    spark.grouping spark.tables spark.writing spark.scanning spark
    dedup
    cli.options cli.evaluation cli.index cli.spark cli.main cli __main__
""".split()
"""Every module, each of which may import only those before it; ``dedup`` is the package itself."""

HEAVY = {
    *("numba", "llvmlite", "datasketch", "scipy", "click", "rich", "jinja2", "orjson"),
    *("backports", "pyarrow", "pyspark", "trafilatura", "lxml"),
    *("asyncio", "multiprocessing"),
}
"""What takes long to load, or is no dependency, and is imported where it is first needed."""


def module_name(path: Path) -> str:
    """Name a file as :data:`ORDER` does."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__") or "dedup"


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def parsed(name: str) -> ast.Module:
    """Parse a module once for all tests."""
    return ast.parse(MODULES[name].read_bytes())


def imported(tree: ast.AST) -> set[str]:
    """Name the modules of the package that a module imports, at any depth and in any block."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write imports in full"
            source = node.module or ""
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                found.add(inner if inner.removeprefix("dedup.") in MODULES else source)
    own = {name for name in found if name.split(".")[0] == "dedup"}
    return {name.removeprefix("dedup.") for name in own}


def decorators(node: ast.FunctionDef | ast.ClassDef) -> set[str]:
    return {
        ast.unparse(one.func if isinstance(one, ast.Call) else one) for one in node.decorator_list
    }


def test_methods_without_the_lock_say_by_which_value_they_tell_of_an_exception() -> None:
    """One that says none is asked after each call, which takes the interpreter's lock."""
    silent = [
        f"{name}: {method.name}"
        for name in MODULES
        for one in ast.walk(parsed(name))
        if isinstance(one, ast.ClassDef) and "cython.cclass" in decorators(one)
        for method in one.body
        if isinstance(method, ast.FunctionDef)
        if "cython.nogil" in decorators(method) and "cython.exceptval" not in decorators(method)
    ]
    assert silent == []


def test_exports_are_pinned() -> None:
    assert sorted(dedup.__all__) == sorted(EXPORTED)
    assert dir(dedup) == sorted(dedup.__all__)


@pytest.mark.parametrize("name", dedup.__all__)
def test_every_export_is_there_and_comes_from_the_package(name: str) -> None:
    assert getattr(dedup, name).__module__.split(".")[0] == "dedup"


def test_the_release_is_named_alike_everywhere() -> None:
    root = Path(__file__).parent.parent
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == dedup.__version__
    assert f"\n## {dedup.__version__} (" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


def test_other_names_are_no_attributes() -> None:
    with pytest.raises(AttributeError, match="no attribute 'comparee'"):
        dedup.comparee  # noqa: B018


def test_a_comparison_has_the_promised_fields_and_views() -> None:
    promised = "verdict probability jaccard containment_a containment_b coverage_a coverage_b"
    assert set(f"{promised} passages".split()) <= {field.name for field in fields(dedup.Comparison)}
    for view in ("to_dict", "to_json", "to_html", "is_version"):
        assert hasattr(dedup.Comparison, view)


def test_every_module_stands_in_the_order() -> None:
    missing = sorted(set(MODULES) - set(ORDER))
    assert missing == [], "add each new module to ORDER, behind all that it imports"
    assert len(ORDER) == len(set(ORDER))


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_strictly_downward(name: str) -> None:
    """Imports in functions and for type checking too; with a flat order there are no circles."""
    if name not in ORDER:
        pytest.fail(f"add {name} to ORDER, behind all that it imports")
    below = set(ORDER[: ORDER.index(name)])
    upward = imported(parsed(name)) - below
    assert upward == set(), f"{name} may import only what stands before it in ORDER"


@pytest.mark.parametrize("name", sorted(set(MODULES) - {"dedup", "dump.extras"}))
def test_only_exports_and_optional_packages_are_imported_by_name(name: str) -> None:
    """``import_module`` and its like escape the order."""
    called = {
        getattr(node.func, "attr", getattr(node.func, "id", ""))
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.Call)
    }
    assert not called & {"import_module", "__import__", "exec_module"}


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("from dedup import arrays", {"arrays"}),
        ("from dedup.text.tokens import words", {"text.tokens"}),
        ("import dedup.text.tokens as t", {"text.tokens"}),
        ("def f():\n    from dedup.dump import Fields", {"dump"}),
        ("if TYPE_CHECKING:\n    from dedup.dump import formats", {"dump.formats"}),
        ("import dedup", {"dedup"}),
        ("from dedup import compare", {"dedup"}),
        ("import numpy", set()),
    ],
)
def test_the_import_reader_sees_all_forms(module: str, expected: set[str]) -> None:
    assert imported(ast.parse(module)) == expected


def loaded_by(code: str) -> set[str]:
    """Run code in a fresh interpreter; give the top-level modules that it has loaded."""
    script = f"{code}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(done.stdout.split())


def test_import_loads_nothing_but_the_standard_library() -> None:
    loaded = loaded_by("import dedup")
    assert "dedup" in loaded
    assert not loaded & (HEAVY | {"numpy", "rapidfuzz"})


def test_compare_loads_numpy_and_rapidfuzz_and_no_compiler_or_view() -> None:
    code = "import dedup; dedup.compare('Rain fell on Oslo.', 'Snow fell on Oslo today.')"
    loaded = loaded_by(code)
    assert "numpy" in loaded
    assert not loaded & HEAVY


def documented() -> Iterator[tuple[str, str | None]]:
    """Name all that a user may call or hold, with its docstring."""
    for home in (dedup, dedup.evaluation):
        for name in home.__all__:
            value = getattr(home, name)
            yield name, value.__doc__
            for inner, found in vars(value).items() if inspect.isclass(value) else ():
                made = getattr(found, "__func__", getattr(found, "fget", found))
                if not inner.startswith("_") and inspect.isfunction(made):
                    yield f"{name}.{inner}", made.__doc__


def test_every_public_name_says_what_it_is_with_an_example_that_runs() -> None:
    names = dict(documented())
    assert len(names) > 90
    parse = doctest.DocTestParser().get_examples
    assert [name for name, text in names.items() if not (text and parse(text))] == []
