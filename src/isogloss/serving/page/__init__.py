"""The web page: Gradio's blocks around scripts that ask the service's own API.

The page sends recordings to `/v1/predict/batch` as any client does: its limits, its refusals and
its promise to keep nothing are the service's. Gradio itself is given no recording.
"""

from isogloss.serving.page.mounting import mount_page

__all__ = ["mount_page"]
