"""The engines: each runs a function for every task, and tries again where a worker has died."""

from __future__ import annotations

from concurrent.futures import Executor

from mydf.distributed import _work
from mydf.distributed._work import INSTALL, Outcome, Task
from mydf.errors import ArgumentError, ArgumentTypeError, PartitionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Engine(Protocol):
        """Runs tasks."""

        def check(self) -> None:
            """Raise an error if a worker can't run mydf, as far as the engine can ask them."""

        def run(self, plan: Any, tasks: list[Task]) -> list[Outcome]:
            """Return the outcomes in the order of the tasks."""


def engine_of(on: Any) -> Engine:
    """Return the engine for a client of Dask, the module `ray`, or an executor."""
    if isinstance(on, Executor):
        return Pool(on)
    if getattr(on, "__name__", None) == "ray":
        return Ray(on)
    if type(on).__module__.split(".")[0] == "distributed" and hasattr(on, "scheduler_info"):
        if on.asynchronous:
            fact = "on: a `Client` of Dask with `asynchronous=True`"
            raise ArgumentError(fact, hint="pass a `Client` without that option", what="on")
        return Dask(on)
    fact = f"on: a value of type `{type(on).__name__}`"
    hint = "pass a Dask `Client`, the module `ray`, or an executor of `concurrent.futures`"
    raise ArgumentTypeError(fact, hint=hint, what="on")


def _lost(task: Task, error: BaseException, worker: str = "unknown") -> PartitionError:
    """Return the error for a task whose worker has died or can't start."""
    lines = str(error).strip().splitlines() or [""]
    fact = f"partition {task.partition}: {type(error).__name__}: {lines[-1].strip()}"
    hint = "the worker's log says why it ended, often for lack of memory; it needs mydf, too"
    return PartitionError(fact, hint=hint, partition=task.partition, worker=worker)


class Pool:
    """An executor of `concurrent.futures`. It does not try again."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor

    def check(self) -> None:
        """Nothing: the processes are copies of this one."""

    def run(self, plan: Any, tasks: list[Task]) -> list[Outcome]:
        futures: list[Any] = []
        outcomes: list[Outcome] = []
        try:
            futures.extend(self.executor.submit(_work.run, plan, task) for task in tasks)
            outcomes.extend(future.result() for future in futures)
        except Exception as error:
            for future in futures:
                future.cancel()
            raise _lost(tasks[len(outcomes)], error) from error
        return outcomes


# Text, so that a worker without mydf can read it.
PROBE = "__import__('mydf').__version__"


class Dask:
    """A client of Dask: a task of a worker that dies goes to another one."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def check(self) -> None:
        version = _work.version()
        for worker, found in self.client.run(eval, PROBE, on_error="return").items():
            if isinstance(found, OSError):
                # The worker has ended since then, and its tasks go to others.
                continue
            if isinstance(found, BaseException):
                missing = isinstance(found, ModuleNotFoundError)
                fact = "it has no mydf" if missing else f"{type(found).__name__}: {found}"
                hint = INSTALL if missing else "`python -m mydf runtime` on the worker says more"
            elif found != version:
                fact, hint = f"it has mydf {found}, the client has {version}", INSTALL
            else:
                continue
            fact = f"worker {worker}: {fact}"
            raise PartitionError(fact, hint=hint, partition="", worker=worker)

    def run(self, plan: Any, tasks: list[Task]) -> list[Outcome]:
        import warnings

        with warnings.catch_warnings():
            # A frame to join with is part of the graph on purpose: scattered, it would be lost with
            # the worker that holds it.
            warnings.filterwarnings("ignore", message="Sending large graph")
            shared = self.client.submit(_same, plan, pure=False)
            futures = self.client.map(_work.run, [shared] * len(tasks), tasks, pure=False)
        outcomes: list[Outcome] = []
        try:
            outcomes.extend(future.result() for future in futures)
        except Exception as error:
            self.client.cancel(futures)
            raise _lost(tasks[len(outcomes)], error) from error
        return outcomes


def _same(plan: Any) -> Any:
    return plan


class Ray:
    """Ray: a task of a worker that dies is tried three more times."""

    def __init__(self, ray: Any) -> None:
        self.ray = ray

    def check(self) -> None:
        """Nothing: Ray starts workers as tasks come, and each task checks its own."""

    def run(self, plan: Any, tasks: list[Task]) -> list[Outcome]:
        shared = self.ray.put(plan)
        remote = self.ray.remote(_work.run).options(max_retries=3)
        references = [remote.remote(shared, task) for task in tasks]
        outcomes: list[Outcome] = []
        try:
            outcomes.extend(self.ray.get(reference) for reference in references)
        except self.ray.exceptions.RayError as error:
            for reference in references:
                self.ray.cancel(reference)
            worker = f"{getattr(error, 'ip', '')}, process {getattr(error, 'pid', '')}"
            raise _lost(tasks[len(outcomes)], error, worker) from error
        return outcomes
