"""Penalised logistic models: yes or no, one of a group's alternatives, one of several classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass
class Examples:
    """Rows of features with their labels; ``group`` ties alternatives of which one is right."""

    rows: list[dict[str, float]] = field(default_factory=list)
    labels: list[float] = field(default_factory=list)
    folds: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)

    def add(self, row: Mapping[str, float], label: bool, fold: int, group: int = 0) -> None:
        self.rows.append(dict(row))
        self.labels.append(float(label))
        self.folds.append(fold)
        self.groups.append(group)

    def matrix(self) -> tuple[Floats, Floats, list[str]]:
        """Rows by features (sorted by name), labels, names."""
        x, names = dense(self.rows)
        return x, np.array(self.labels), names


def dense(rows: Sequence[Mapping[str, float]], names: Sequence[str] | None = None) -> tuple[Floats, list[str]]:
    """Rows by features; the names are all that occur, sorted, where none are given."""
    known = list(names) if names is not None else sorted({name for row in rows for name in row})
    place = {name: number for number, name in enumerate(known)}
    x: Floats = np.zeros((len(rows), len(known)))
    for number, row in enumerate(rows):
        for name, value in row.items():
            if name in place:
                x[number, place[name]] = value
    return x, known


def fit_logistic(x: Floats, y: Floats, penalty: float, prior: Floats | float = 0.0) -> Floats:
    """Penalised maximum likelihood of yes or no by Newton's method; the penalty draws towards ``prior``."""
    weights = np.zeros(x.shape[1])
    ridge = penalty * np.eye(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (y - p) - ridge @ (weights - prior)
        hessian = (x * (p * (1 - p))[:, None]).T @ x + ridge
        step = np.linalg.solve(hessian, gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def fit_choice(x: Floats, y: Floats, groups: Rows, penalty: float, prior: Floats) -> Floats:
    """Weights of a softmax over the alternatives of each group (rows of equal number), of which one is right."""
    order = np.argsort(groups, kind="stable")
    x, y, groups = x[order], y[order], groups[order]
    _, starts, place = np.unique(groups, return_index=True, return_inverse=True)
    decided = np.add.reduceat(y, starts)[place] == 1
    x, y, groups = x[decided], y[decided], groups[decided]
    _, starts, place = np.unique(groups, return_index=True, return_inverse=True)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = x @ weights
        scores -= np.maximum.reduceat(scores, starts)[place]
        odds = np.exp(scores)
        p = odds / np.add.reduceat(odds, starts)[place]
        away = weights - prior
        value = -np.log(np.maximum(p[y == 1], 1e-12)).sum() + penalty / 2 * (away @ away)
        return float(value), x.T @ (p - y) + penalty * away

    return np.asarray(minimize(loss, prior.copy(), jac=True, method="L-BFGS-B").x)


def fit_classes(x: Floats, classes: Rows, count: int, penalty: float) -> Floats:
    """Weights (features by classes) of a softmax over ``count`` classes."""
    truth: Floats = np.zeros((len(classes), count))
    truth[np.arange(len(classes)), classes] = 1

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(x.shape[1], count)
        scores = x @ weights
        scores -= scores.max(axis=1, keepdims=True)
        p = np.exp(scores)
        p /= p.sum(axis=1, keepdims=True)
        value = -np.log(np.maximum((p * truth).sum(axis=1), 1e-12)).sum() + penalty / 2 * (flat @ flat)
        return float(value), (x.T @ (p - truth) + penalty * weights).ravel()

    start = np.zeros(x.shape[1] * count)
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x).reshape(x.shape[1], count)


def fit_sparse(rows: Sequence[Mapping[str, float]], y: Floats, penalty: float, least: int) -> dict[str, float]:
    """Weights of yes or no over very many features that seldom occur, of those in at least ``least`` rows.

    The weight of "" is the constant.
    """
    tally: dict[str, int] = {}
    for row in rows:
        for name in row:
            tally[name] = tally.get(name, 0) + 1
    names = sorted(name for name, count in tally.items() if count >= least)
    place = {name: number for number, name in enumerate(names)}
    cells = [
        (number, place[name], value) for number, row in enumerate(rows) for name, value in row.items() if name in place
    ]
    at, of, values = zip(*cells, strict=True)
    x = csr_matrix((values, (at, of)), shape=(len(rows), len(names)))

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = np.clip(x @ weights[1:] + weights[0], -30, 30)
        p = 1 / (1 + np.exp(-scores))
        value = float(
            np.logaddexp(0, np.where(y == 1, -scores, scores)).sum() + penalty / 2 * (weights[1:] @ weights[1:])
        )
        off = p - y
        return value, np.concatenate([[off.sum()], x.T @ off + penalty * weights[1:]])

    weights = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B").x
    return {"": float(weights[0]), **dict(zip(names, map(float, weights[1:]), strict=True))}


def held_out(folds: Rows, fit: Callable[[Rows], Floats], x: Floats) -> Floats:
    """The score of each row by a model fitted without its fold."""
    held: Floats = np.zeros(len(folds))
    for number in np.unique(folds):
        rows = np.flatnonzero(folds != number)
        if len(rows):
            held[folds == number] = x[folds == number] @ fit(rows)
    return held
