"""What `make audit` asks about the safety of the code: `python -m tests.audit [NAME ...]`.

`python -m tests.audit baseline` takes what looks like a secret today as none; read the difference.

Each step is a program of its own; a table comes at the end, and the exit code is 1 unless every
step passed. What cannot be asked here, because its source is out of reach, is said and counts as
not passed only with AUDIT_ONLINE=1.
"""

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = Path(sys.executable).parent
BASELINE = ".secrets.baseline"
# Hashes of packages and of a recording: thousands of random words, and none of them a secret.
HASHES = re.compile(r"(^|/)(package-lock\.json|recorded\.json|requirements/.*\.txt)$")
PICTURES = (".png", ".woff2", ".glb", ".svg", ".pdf", ".ico")
OUT_OF_REACH = (
    "could not be audited",
    "ConnectionError",
    "Max retries",
    "Failed to establish",
    "ServiceError",
    "timed out",
)


@dataclass(frozen=True)
class Outcome:
    """`passed` is None when the step could not be asked; then `said` says why."""

    passed: bool | None
    said: str = ""


def bandit(*under: str) -> Outcome:
    """Dangerous calls in our code, or in these folders. What ruff knows too is excepted in its
    words (`noqa`), the rest in bandit's (`nosec`)."""
    words = ("--quiet", "--recursive", *(under or (".",)), "-c", "pyproject.toml", "-f", "json")
    done = _run("bandit", *words)
    if done.returncode > 1 or not done.stdout:
        return Outcome(False, done.stderr)
    report = json.loads(done.stdout)
    found = [
        f"{each['filename']}:{each['line_number']} {each['test_id']} {each['issue_text']}"
        for each in report["results"]
        if not is_excepted(each)
    ]
    found += [f"{each['filename']}: {each['reason']}" for each in report["errors"]]
    return Outcome(not found, "\n".join(found))


def is_excepted(finding: dict) -> bool:
    """Whether the code says `noqa` with ruff's number of the same rule: S608 is B608."""
    rule = "S" + finding["test_id"][1:]
    # Two numbers of one thing.
    rules = {rule, "S308"} if rule == "S703" else {rule}
    lines = (ROOT / finding["filename"]).read_text().splitlines()
    first, last = min(finding["line_range"]), max(finding["line_range"])
    near = lines[first - 1 : last + 1]
    whole = [line for line in lines if line.startswith("# ruff: noqa:")]
    told = [line.split("noqa:", 1)[1] for line in (*near, *whole) if "noqa:" in line]
    return any(each in rules for line in told for each in re.findall(r"S\d{3}", line))


def packages() -> Outcome:
    """Known faults of the packages that production installs."""
    lock = "requirements/production.txt"
    words = ("--strict", "--disable-pip", "--require-hashes", "--progress-spinner=off")
    done = _run("pip-audit", *words, "-r", lock)
    if done.returncode and any(words in done.stderr for words in OUT_OF_REACH):
        why = done.stderr.strip().splitlines()[-1]
        return Outcome(None, f"not asked: {why[:160]}")
    return Outcome(done.returncode == 0, done.stdout + done.stderr)


def deployment() -> Outcome:
    """`manage.py check --deploy` with the settings of production."""
    words = ("manage.py", "check", "--deploy", "--fail-level=WARNING")
    with tempfile.TemporaryDirectory() as folder:
        own = {**production(), "DATABASE_URL": f"sqlite:///{folder}/none.sqlite3"}
        clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        done = _run(sys.executable, *words, environment={**clean, **own})
    return Outcome(done.returncode == 0, done.stderr)


def production() -> dict[str, str]:
    """docker/env.production.example with a random or plausible value for each placeholder."""
    found = {}
    for line in (ROOT / "docker" / "env.production.example").read_text().splitlines():
        if line and not line.startswith("#"):
            name, value = line.split("=", 1)
            found[name] = value.replace("example.com", "audit.invalid")
    random = {name: secrets.token_urlsafe(50) for name in found if not found[name]}
    for name in ("SECRET_KEY", "JWT_SECRET_KEY", "ENCRYPTION_KEY", "SENDGRID_API_KEY"):
        found[name] = random[name]
    for name, begin in (
        ("STRIPE_SECRET_KEY", "sk_live_"),
        ("STRIPE_PUBLISHABLE_KEY", "pk_live_"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_"),
    ):
        found[name] = begin + secrets.token_hex(16)
    return found


def committed_secrets(*under: str) -> Outcome:
    """Keys and passwords in files of the repository, or of these folders; what is none stands in
    the baseline."""
    if not (ROOT / ".git").exists():
        return Outcome(None, "not asked: this is no git repository")
    names = _searched(*under)
    # The baseline is left as it is: `detect-secrets-hook` would write line numbers into it.
    with tempfile.TemporaryDirectory() as folder:
        baseline = Path(folder) / "baseline"
        baseline.write_bytes((ROOT / BASELINE).read_bytes())
        done = _run("detect-secrets-hook", "--baseline", str(baseline), *names)
    # 3: only line numbers changed.
    return Outcome(done.returncode in (0, 3), done.stdout + done.stderr)


def write_baseline() -> None:
    """Keep what looks like a secret today, by its hash."""
    (ROOT / BASELINE).write_text(_run("detect-secrets", "scan", *_searched()).stdout)


def _searched(*under: str) -> list[str]:
    command = ["git", "ls-files", "-z", "--", *under]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [
        name
        for name in listed.stdout.split("\0")
        if name and name != BASELINE and not HASHES.search(name) and not name.endswith(PICTURES)
        if (ROOT / name).is_file() and not (ROOT / name).is_symlink()
    ]


def dockerfile() -> Outcome:
    """The Dockerfile by hadolint."""
    done = _run("hadolint", "docker/Dockerfile")
    return Outcome(done.returncode == 0, done.stdout + done.stderr)


def descriptions() -> Outcome:
    """The compose file and the workflows, each by its schema."""
    said = ""
    for schema, pattern in (
        ("vendor.compose-spec", "docker/compose*.yml"),
        ("vendor.github-workflows", ".github/workflows/*.yml"),
    ):
        files = [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob(pattern))]
        done = _run("check-jsonschema", "--builtin-schema", schema, *files)
        if done.returncode or not files:
            said += done.stdout + done.stderr or f"{pattern} is nowhere.\n"
    return Outcome(not said, said)


def transport() -> Outcome:
    """A scan of TLS at the shipped proxy, by Python's ssl and by sslscan."""
    own = {**os.environ, "ENVIRONMENT": "testing"}
    words = ("-m", "pytest", "-p", "no:randomly", "-k", "tls", "tests/operations/test_nginx.py")
    done = _run(sys.executable, *words, environment=own)
    return Outcome(done.returncode == 0, done.stdout + done.stderr)


STEPS: dict[str, tuple[str, Callable[[], Outcome]]] = {
    "bandit": ("Dangerous calls", bandit),
    "packages": ("Faults of packages", packages),
    "deployment": ("check --deploy", deployment),
    "secrets": ("Committed secrets", committed_secrets),
    "dockerfile": ("Dockerfile", dockerfile),
    "descriptions": ("Compose, workflows", descriptions),
    "transport": ("TLS of the proxy", transport),
}


def main(names: Sequence[str]) -> int:
    """Run the steps of these names, or all; 1 unless each passed."""
    if list(names) == ["baseline"]:
        write_baseline()
        return 0
    outcomes = dict(_asked(names or list(STEPS)))
    online = os.environ.get("AUDIT_ONLINE") == "1"
    for name, outcome in outcomes.items():
        word = {True: "ok", False: "FAILS", None: "-"}[outcome.passed]
        line = outcome.said if outcome.passed is None else ""
        sys.stdout.write(f"{word:6}{name:14}{STEPS[name][0]:20}{line}".rstrip() + "\n")
    passed = [each.passed or (each.passed is None and not online) for each in outcomes.values()]
    return 0 if all(passed) else 1


def _asked(names: Sequence[str]) -> Iterator[tuple[str, Outcome]]:
    for name in names:
        outcome = STEPS[name][1]()
        if outcome.passed is False:
            sys.stdout.write(f"--- {name}\n{outcome.said.strip()}\n\n")
            sys.stdout.flush()
        yield name, outcome


def _run(
    program: str, *words: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    path = program if "/" in program else str(PROGRAMS / program)
    return subprocess.run(
        [path, *words], cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
