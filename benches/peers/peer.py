"""One Python peer on one town: prints a JSON line a kernel. Called by run.py, each peer in its own process."""

import json
import math
import sys
import time

import numpy as np
import scipy.sparse as sp

from town import read

TOP, RESTART, ROUNDS = 50, 0.15, 20


def tell(kernel, times, **more):
    times = sorted(times)
    print(json.dumps({"kernel": kernel, "p50_ms": times[len(times) // 2] * 1e3, **more}), flush=True)


def timed(work):
    started = time.perf_counter()
    answer = work()
    return time.perf_counter() - started, answer


class Town:
    def __init__(self, path):
        self.enterprises, occasions, e, o, w, self.asking = read(path)
        self.nodes = self.enterprises + occasions
        self.e, self.o, self.w = e, o + np.uint32(self.enterprises), w

    def matrix(self, weighted=True):
        w = self.w.astype(np.float64) if weighted else np.ones(len(self.e))
        half = sp.csr_matrix((w, (self.e, self.o)), shape=(self.nodes, self.nodes))
        return (half + half.T).tocsr()

    def best(self, scores, asking):
        scores = np.asarray(scores)[: self.enterprises].copy()
        scores[asking] = -1
        return np.argpartition(-scores, TOP)[:TOP]

    def precision(self, answers):
        """Mean share of the answers that are among the true best, on the first few."""
        matrix, hits = self.matrix(), []
        step = sp.diags(1 / np.maximum(np.asarray(matrix.sum(1)).ravel(), 1e-300)) @ matrix
        step = step.T.tocsr()
        for asking, found in answers[:6]:
            at = np.zeros(self.nodes)
            at[asking] = 1
            home = at.copy()
            for _ in range(60):
                at = RESTART * home + (1 - RESTART) * (step @ at)
            truth = at[: self.enterprises].copy()
            truth[asking] = -1
            bar = np.partition(truth, -TOP)[-TOP] * 0.999
            hits.append(float(np.mean(truth[np.asarray(found)] >= bar)))
        return float(np.mean(hits))

    def ppr(self, answer, queries):
        times, answers = [], []
        for asking in self.asking[:queries]:
            took, found = timed(lambda: self.best(answer(int(asking)), asking))
            times.append(took)
            answers.append((asking, found))
        tell("ppr", times, precision=self.precision(answers))

    def adamic_adar(self, answer, queries=None):
        tell("adamic_adar", [timed(lambda a=a: answer(int(a)))[0] for a in self.asking[:queries]])


def scipy(town):
    took, matrix = timed(lambda: town.matrix(False))
    tell("load", [took])
    share = sp.diags(1 / np.log(np.maximum(np.diff(matrix.indptr), 2)))
    town.adamic_adar(lambda a: town.best((matrix[a] @ share @ matrix).toarray()[0], a))


def networkx(town):
    import networkx as nx

    graph = nx.Graph()
    took, _ = timed(lambda: graph.add_edges_from(zip(town.e.tolist(), town.o.tolist())))
    tell("load", [took])

    def answer(a):
        scores = {}
        for middle in graph[a]:
            share = 1 / math.log(max(graph.degree(middle), 2))
            for to in graph[middle]:
                scores[to] = scores.get(to, 0) + share
        scores.pop(a, None)
        return sorted(scores, key=scores.get, reverse=True)[:TOP]

    town.adamic_adar(answer)


def networkit(town):
    import networkit as nk

    nk.setNumberOfThreads(1)

    def load():
        return nk.GraphFromCoo((town.w.astype(np.float64), (town.e, town.o)), n=town.nodes, weighted=True)

    took, graph = timed(load)
    tell("load", [took])
    ranks = nk.centrality.PageRank(graph, damp=0.85, tol=0.0)
    ranks.maxIterations = ROUNDS
    tell("page_rank", [timed(ranks.run)[0]])
    index = nk.linkprediction.AdamicAdarIndex(graph)

    def answer(a):
        candidates = {v for z in graph.iterNeighbors(a) for v in graph.iterNeighbors(z) if v != a}
        return sorted(((index.run(a, v), v) for v in candidates), reverse=True)[:TOP]

    town.adamic_adar(answer, 6)

    def push(a):
        scores = np.zeros(town.nodes)
        for node, value in nk.scd.ApproximatePageRank(graph, RESTART, 1e-6).run(a):
            scores[node] = value
        return scores

    town.ppr(push, 3)
    tell("insert_then_ask", [timed(lambda: (graph.addEdge(int(town.asking[0]), town.nodes - 1), answer(int(town.asking[0]))))[0]])


def igraph(town):
    import igraph as ig

    edges = np.column_stack([town.e, town.o])
    took, graph = timed(lambda: ig.Graph(n=town.nodes, edges=edges))
    tell("load", [took])
    tell("page_rank", [timed(lambda: graph.pagerank(damping=0.85, implementation="prpack"))[0]])
    weights = town.w.tolist()
    town.ppr(lambda a: graph.personalized_pagerank(damping=1 - RESTART, reset_vertices=a, weights=weights), 3)
    answer = lambda a: town.best(graph.similarity_inverse_log_weighted(a)[0], a)
    town.adamic_adar(answer, 3)
    a = int(town.asking[0])
    tell("insert_then_ask", [timed(lambda: (graph.add_edges([(a, town.nodes - 1)]), answer(a)))[0]])


def rustworkx(town):
    import rustworkx as rx

    graph = rx.PyDiGraph(multigraph=False)

    def load():
        graph.add_nodes_from(range(town.nodes))
        e, o, w = town.e.tolist(), town.o.tolist(), town.w.tolist()
        graph.add_edges_from(list(zip(e, o, w)) + list(zip(o, e, w)))

    tell("load", [timed(load)[0]])
    tell("page_rank", [timed(lambda: rx.pagerank(graph, alpha=0.85, tol=1e-6))[0]])

    def walk(a):
        ranks = rx.pagerank(graph, alpha=1 - RESTART, weight_fn=float, personalization={a: 1.0}, tol=1e-7)
        return [ranks[node] for node in range(town.nodes)]

    town.ppr(walk, 2)


def scikit_network(town):
    from sknetwork.ranking import PageRank

    took, matrix = timed(town.matrix)
    tell("load", [took])
    plain = town.matrix(False)
    tell("page_rank", [timed(lambda: PageRank(0.85, solver="piteration", n_iter=ROUNDS, tol=0).fit(plain))[0]])
    walk = PageRank(1 - RESTART, solver="diteration", n_iter=ROUNDS)
    town.ppr(lambda a: walk.fit_predict(matrix, weights={a: 1}), 4)


def graphblas(town):
    import graphblas as gb

    gb.init("suitesparse", blocking=True)
    gb.ss.config["nthreads"] = 1
    ones = np.ones(len(town.e))
    rows, columns = np.concatenate([town.e, town.o]), np.concatenate([town.o, town.e])

    def load():
        return gb.Matrix.from_coo(rows, columns, np.concatenate([ones, ones]), nrows=town.nodes, ncols=town.nodes)

    took, matrix = timed(load)
    tell("load", [took])
    degree = matrix.reduce_rowwise("plus").new()
    share = gb.Vector.from_dense(1 / np.log(np.maximum(degree.to_dense(fill_value=2.0), 2)))

    def ranks():
        inverse = gb.Vector.from_dense(1 / np.maximum(degree.to_dense(fill_value=1.0), 1))
        at = gb.Vector.from_scalar(1 / town.nodes, town.nodes)
        for _ in range(ROUNDS):
            handed = at.ewise_mult(inverse, "times").new()
            at = matrix.mxv(handed, "plus_second").new()
            at = at.apply("times", right=0.85).new()
            at = at.ewise_add(gb.Vector.from_scalar(0.15 / town.nodes, town.nodes), "plus").new()
        return at

    tell("page_rank", [timed(ranks)[0]])

    def answer(a):
        middles = matrix[a, :].new().ewise_mult(share, "times").new()
        scores = middles.vxm(matrix, "plus_first").new()
        nodes, values = scores.to_coo()
        return nodes[np.argpartition(-values, min(TOP, len(values) - 1))[:TOP]]

    town.adamic_adar(answer)

    def insert(a):
        matrix[a, town.nodes - 1] = 1.0
        matrix[town.nodes - 1, a] = 1.0
        return answer(a)

    tell("insert_then_ask", [timed(lambda: insert(int(town.asking[0])))[0]])


if __name__ == "__main__":
    globals()[sys.argv[1]](Town(sys.argv[2]))
