"""A Spark session of our own: its files private and encrypted, its sockets local, its logs silent.

What Spark writes (shuffled rows, spill, a copy of a task's output) is confidential. All of it lies in
one folder that only we can read, encrypted under a key that lives in memory (`spark.io.encryption`), and
the folder goes with the session. No event log, no history, no web pages. With a local master
nothing listens beyond this machine; between processes Spark's own authentication and encryption are on.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import re
import secrets
import shutil
import subprocess
import tempfile
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from policies.errors import ServiceFault

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OLDEST_JAVA = 17
SECONDS_TO_START = 180
_SECONDS_TO_END = 20
_HELD = ".held"
_WHERE = "engine spark"
_VERSION = re.compile(r'version "(\d+)')
_SILENT = """\
rootLogger.level = off
rootLogger.appenderRef.null.ref = null
appender.null.type = Null
appender.null.name = null
"""
_SETTINGS: Mapping[str, str] = {
    # integers wrap at 64 bits, which plans' bounds exclude; nothing a row holds raises an error
    "spark.sql.ansi.enabled": "false",
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.shuffle.partitions": "8",
    "spark.eventLog.enabled": "false",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.authenticate": "true",
    "spark.network.crypto.enabled": "true",
    "spark.io.encryption.enabled": "true",
    "spark.driver.memory": "1g",
}
_starting = threading.Lock()


def check_java() -> None:
    """Return if there is a Java runtime that Spark can use.

    Raises
    ------
    ServiceFault
        There is none, or it is too old.
    """
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    todo = f"install Java {OLDEST_JAVA} or newer (Debian: apt-get install default-jre-headless)"
    if java is None:
        raise ServiceFault("there is no Java runtime", where=_WHERE, todo=todo)
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    version = _VERSION.search(said.stderr)
    if version is None or int(version[1]) < OLDEST_JAVA:
        raise ServiceFault("the Java runtime is too old", where=_WHERE, todo=todo)


def is_local(master: str) -> bool:
    """Tell whether a master runs its workers on this machine."""
    return master.startswith("local")


@dataclass(frozen=True, slots=True)
class Running:
    """A session with the process that it lives in and the folder of its files."""

    session: SparkSession
    process: subprocess.Popen[bytes]
    folder: Path
    _held: IO[bytes]

    @property
    def alive(self) -> bool:
        """Whether its process lives and its context was not stopped."""
        return self.process.poll() is None and self.session.sparkContext._jsc is not None

    def end(self) -> None:
        """Stop it and remove its files; again it does nothing."""
        _end(self.process, self.folder)
        self._held.close()


def start(master: str, scratch: Path) -> Running:
    """Start a session; it ends, and its folder goes, with this process at the latest.

    Parameters
    ----------
    master
        `local[2]`, `local-cluster[2,1,1024]`, `spark://host:7077`.
    scratch
        The folder that the session's folder is made in; what killed processes left there is removed.

    Raises
    ------
    ServiceFault
        Spark or Java is missing, or the master cannot be reached.
    """
    check_java()
    try:
        from pyspark import SparkConf, SparkContext
        from pyspark.java_gateway import launch_gateway
        from pyspark.sql import SparkSession
    except ImportError:
        raise ServiceFault(
            "Spark is not installed", where=_WHERE, todo="pip install 'common-ground[spark]'"
        ) from None
    # about pandas, by which nothing is handed over here
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"pyspark\.")
    folder, held = _own_folder(scratch)
    conf = SparkConf(loadDefaults=False)
    conf.setMaster(master).setAppName("common-ground")
    conf.setAll(_settings(master, folder))
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = None
    try:
        with _starting, _environment(_variables(master, folder)):
            gateway = launch_gateway(conf, quiet)  # type: ignore[no-untyped-call]
            process = gateway.proc
            session = SparkSession(SparkContext(conf=conf, gateway=gateway))
        _try_out(session)
    except Exception:
        _end(process, folder)
        held.close()
        raise ServiceFault(
            "Spark does not start, or its master or workers cannot be reached", where=_WHERE,
            todo="check COMMONGROUND_ENGINE_URL, for example local-cluster[2,1,1024]",
        ) from None  # fmt: skip
    running = Running(session, process, folder, held)
    atexit.register(running.end)
    return running


def _try_out(session: SparkSession) -> None:
    """See that workers answer; a master without any would let us wait for ever."""
    late = threading.Timer(SECONDS_TO_START, session.sparkContext.cancelAllJobs)
    late.start()
    try:
        session.range(1).count()
    finally:
        late.cancel()


def _end(process: subprocess.Popen[bytes] | None, folder: Path) -> None:
    from pyspark import SparkContext

    active = SparkContext._active_spark_context
    gateway = SparkContext._gateway
    if gateway is not None and process is not None and gateway.proc is process:
        with suppress(Exception):  # the process may be gone already
            if active is not None:
                active.stop()
        with suppress(Exception):
            gateway.shutdown()
        # pyspark keeps its gateway for ever: the next session needs one of its own
        SparkContext._active_spark_context = SparkContext._gateway = SparkContext._jvm = None
    if process is not None:
        if process.stdin is not None:
            process.stdin.close()  # the gateway goes when its input ends
        try:
            process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    shutil.rmtree(folder, ignore_errors=True)


def _own_folder(scratch: Path) -> tuple[Path, IO[bytes]]:
    """Make a folder that is ours as long as we live, and remove those whose owners are dead."""
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in scratch.glob("spark-*"):
        with suppress(OSError), (left / _HELD).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="spark-", dir=scratch.resolve()))  # mode 0700
    held = (folder / _HELD).open("ab")
    fcntl.flock(held, fcntl.LOCK_EX)
    return folder, held


def _settings(master: str, folder: Path) -> list[tuple[str, str]]:
    silent = f'"-Dlog4j2.configurationFile={folder / "conf" / "log4j2.properties"}"'
    temporary = f'"-Djava.io.tmpdir={folder / "local"}"'
    found = dict(_SETTINGS) | {
        "spark.local.dir": str(folder / "local"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.authenticate.secret": secrets.token_hex(32),
        "spark.driver.extraJavaOptions": temporary,
    }
    if is_local(master):
        found |= {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.executor.extraJavaOptions": f"{silent} {temporary}",
        }
    return list(found.items())


def _variables(master: str, folder: Path) -> dict[str, str]:
    """Lay out a home for Spark, so that it writes nothing beside its installed files."""
    import pyspark

    installed, home = Path(pyspark.__file__).parent, folder / "home"
    for made in (folder / "local", folder / "conf", home):
        made.mkdir(mode=0o700)
    for name in ("bin", "jars"):
        (home / name).symlink_to(installed / name)
    (folder / "conf" / "log4j2.properties").write_text(_SILENT, "utf-8")
    found = {
        "SPARK_HOME": str(home),
        "SPARK_CONF_DIR": str(folder / "conf"),
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "PYSPARK_SUBMIT_ARGS": "pyspark-shell",
    }
    return found | ({"SPARK_LOCAL_IP": "127.0.0.1"} if is_local(master) else {})


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables while a process is started, which inherits them."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
