import os

# One thread: sums in the same order on every machine, and the tests leave the other cores alone.
os.environ["OMP_NUM_THREADS"] = "1"
# The ONNX runtime sends usage data unless this is set before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import torch  # noqa: E402

torch.set_num_threads(1)
