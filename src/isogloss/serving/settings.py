"""What a service is told: what it serves, where, and within which limits."""

from dataclasses import dataclass, field

from isogloss.errors import SettingError
from isogloss.shipped import SHIPPED

MEBIBYTE = 2**20


@dataclass(frozen=True)
class Limits:
    """What one service process takes on.

    Args:
        upload_bytes: int. Greatest body of a request.
        recording_seconds: float. Longest recording, decoded: a file of a few kB can hold hours.
        work_seconds: float. Longest that one recording is decoded and heard.
        queue: int. Recordings that may wait for a thread.
        batch_files: int. Most files of one batch.
        stall_seconds: float. Longest wait for a client's next bytes, or for it to take some.
        upload_seconds: float. Longest that one body is read: who sends a byte now and then never
            stalls.
        streams: int. WebSocket streams at a time.
        stream_block_bytes: int. Greatest message of a stream.
        stream_idle_seconds: float. Longest that a stream may be silent, in bytes.
        connections: int. Open connections beyond which only the probes are answered.
    """

    upload_bytes: int = 64 * MEBIBYTE
    recording_seconds: float = 1800.0
    work_seconds: float = 60.0
    queue: int = 64
    batch_files: int = 64
    stall_seconds: float = 10.0
    upload_seconds: float = 120.0
    streams: int = 8
    stream_block_bytes: int = MEBIBYTE
    stream_idle_seconds: float = 30.0
    connections: int = 512

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value < (0 if name == "queue" else 1e-3):
                raise SettingError(f"a limit of {value} on {name} lets nothing through.")


@dataclass(frozen=True)
class ServiceSettings:
    """What `isogloss serve` was told.

    Args:
        model: str. The preset: a folder, `hf://owner/name`, or the package's own by name.
        host: str. Address to listen on.
        port: int. Port to listen on; 0 takes a free one.
        processes: int. Server processes, each with its own model.
        threads: int or None. Recordings heard at the same time by one process; None shares the
            cores among the processes.
        limits: Limits. Of each process.
        requests_per_minute: int or None. Of one client to one process; None is no limit.
        origins: tuple of str. Web origins whose pages may call the service.
        token: str or None. What clients must show; never in a message or a log.
        page: bool. Whether the web page is served at `/`.
    """

    model: str = SHIPPED
    host: str = "127.0.0.1"
    port: int = 7860
    processes: int = 1
    threads: int | None = None
    limits: Limits = field(default_factory=Limits)
    requests_per_minute: int | None = None
    origins: tuple[str, ...] = ()
    token: str | None = field(default=None, repr=False)
    page: bool = True

    def __post_init__(self) -> None:
        if self.token is not None and not self.token.strip():
            raise SettingError("the token is empty: set ISOGLOSS_TOKEN to a secret, or unset it.")
