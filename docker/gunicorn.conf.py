"""How the web process runs in the image."""

import os

bind = "0.0.0.0:8000"
# Not WEB_CONCURRENCY: gunicorn reads that itself, and an empty one of a filled-in template ends it.
# Four serve a small machine; a larger one gets one for each core it may use.
workers = int(os.environ.get("WEB_WORKERS") or max(4, len(os.sched_getaffinity(0))))
threads = 4
preload_app = True
timeout = 60
# Below the proxy's patience, so that a stop ends no request half-way.
graceful_timeout = 30
max_requests = 5000
max_requests_jitter = 500
# In memory: a heartbeat that waits for a disk looks like a worker that hangs.
worker_tmp_dir = "/dev/shm"  # noqa: S108
control_socket_disable = True
# The application writes a line for each answer, with the request's id and without secret links.
accesslog = None
