"""Many recordings on a Ray cluster."""

from isogloss.engines.ray.engine import RayEngine
from isogloss.engines.ray.session import ray_engine

__all__ = ["RayEngine", "ray_engine"]
