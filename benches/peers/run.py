"""Runs every peer on one town, in turns, and prints one table of times and ratios. See README.md."""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import town

HERE = Path(__file__).parent
PYTHON = ["scipy", "networkx", "networkit", "igraph", "rustworkx", "scikit_network", "graphblas"]
RUST = ["ours", "petgraph", "neo4j_labs"]
KERNELS = ["load", "page_rank", "page_rank_2", "adamic_adar", "ppr", "insert_then_ask"]


def run(peer, path, rust, timeout_s):
    """The JSON lines of one peer; none where it is missing, fails or takes too long (said on stderr)."""
    command = [rust, peer, path] if peer in RUST else [sys.executable, str(HERE / "peer.py"), peer, path]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    lines = []
    try:
        done = subprocess.run(command, env=environment, timeout=timeout_s, capture_output=True, text=True)
        lines = done.stdout.splitlines()
        if done.returncode != 0:
            print(f"{peer}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
    except subprocess.TimeoutExpired as slow:
        lines = (slow.stdout or b"").decode().splitlines()
        print(f"{peer}: not finished after {timeout_s} s", file=sys.stderr)
    except OSError as missing:
        print(f"{peer}: {missing}", file=sys.stderr)
    return [json.loads(line) for line in lines if line.startswith("{")]


def gapbs(binary, edges, threads):
    """Twenty rounds of GAPBS `pr` on the same edges; the mean that it prints, in ms."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    command = [str(binary), "-f", edges, "-s", "-i", "20", "-t", "0", "-n", "3"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    mean = [line for line in done.stdout.splitlines() if line.startswith("Average Time")]
    return float(mean[0].split()[-1]) * 1e3


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--size", choices=town.SIZES, default="small")
    parse.add_argument("--rounds", type=int, default=3)
    parse.add_argument("--peers", default=",".join(RUST + PYTHON))
    parse.add_argument("--rust", default="/tmp/peers-target/release/peers")
    parse.add_argument("--gapbs", type=Path)
    parse.add_argument("--timeout", type=int, default=600)
    asked = parse.parse_args()
    times, precision = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "town.bin")
        made = town.make(asked.size)
        town.write(path, made)
        if asked.gapbs:
            edges = str(Path(folder) / "town.el")
            pairs = zip(made[2].tolist(), (made[3] + made[0]).tolist())
            Path(edges).write_text("".join(f"{a} {b}\n" for a, b in pairs))
        for _ in range(asked.rounds):
            peers = asked.peers.split(",")
            random.shuffle(peers)
            for peer in peers:
                print(f"{peer} ...", file=sys.stderr)
                for line in run(peer, path, asked.rust, asked.timeout):
                    times.setdefault((peer, line["kernel"]), []).append(line["p50_ms"])
                    if "precision" in line:
                        precision[peer] = line["precision"]
            if asked.gapbs:
                for threads, kernel in ((1, "page_rank"), (2, "page_rank_2")):
                    took = gapbs(asked.gapbs / "pr", edges, threads)
                    times.setdefault(("gapbs", kernel), []).append(took)
    table(asked, times, precision)


def table(asked, times, precision):
    load = os.getloadavg()[0]
    print(f"\n{asked.size}, {asked.rounds} rounds in turns, load average {load:.1f}; ms (peer / ours)\n")
    print("| peer | " + " | ".join(KERNELS) + " | precision of ppr |")
    print("| --- |" + " --- |" * (len(KERNELS) + 1))
    for peer in dict.fromkeys(peer for peer, _ in sorted(times, key=lambda key: key[0] != "ours")):
        cells = []
        for kernel in KERNELS:
            own = times.get((peer, kernel))
            ours = times.get(("ours", kernel))
            median = statistics.median(own) if own else None
            ratio = f" ({median / statistics.median(ours):.1f})" if own and ours else ""
            cells.append("–" if median is None else f"{median:.3g}{ratio}")
        right = f"{precision[peer]:.3f}" if peer in precision else "–"
        print(f"| {peer} | " + " | ".join(cells) + f" | {right} |")


if __name__ == "__main__":
    main()
