"""What many latencies amount to."""
from __future__ import annotations


def percentile(sorted_values: list[float], percent: float) -> float:
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * percent / 100))]


def summary(seconds: list[float]) -> dict:
    """Of latencies in seconds: count, and p50, p99 and the largest in microseconds."""
    ordered = sorted(seconds)
    return {"requests": len(ordered), "p50_us": percentile(ordered, 50) * 1e6,
            "p99_us": percentile(ordered, 99) * 1e6, "max_us": ordered[-1] * 1e6}
