"""The README's example is executed, its commands exist, and its folders are there."""

import doctest
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_example_prints_what_the_page_shows() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", README, flags=re.S)
    example = doctest.DocTestParser().get_doctest(block, {}, "README", "README.md", 0)
    assert len(example.examples) > 3
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=said.append)
    assert not said, "".join(said)


def test_every_make_target_it_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = set(re.findall(r"(?:^    |`)make ([a-z]+)", README, flags=re.M))
    assert named >= {"demo", "test"}
    assert not {target for target in named if not re.search(rf"^{target}:", makefile, flags=re.M)}


def test_every_folder_and_file_it_names_exists() -> None:
    folders = re.findall(r"^    (\w+/)\s", README, flags=re.M)
    pictures = re.findall(r"\]\((docs/[^)#]+)", README)
    assert len(folders) == 7
    for name in [*folders, *pictures, "CONTRIBUTING.md"]:
        assert (ROOT / name).exists(), name
