// Left to right: depth-first from the sources along the main path, then barycentre sweeps.
#include <algorithm>

#include "widgets/graph/layout_steps.h"

namespace quantwright::layout_steps {

namespace {

void refreshPositions(Layered& layered) {
    layered.position.resize(layered.rank.size());
    for (const auto& row : layered.rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            layered.position[row[i]] = static_cast<int>(i);
    }
}

/// Depth first, the successor with the longest way to go first: the main path comes out leftmost and
/// skipped edges stand beside it.
void firstOrder(const Ranked& ranked, Layered& layered) {
    layered.rows.assign(ranked.rank_count, {});
    std::vector<char> seen(layered.rank.size(), 0);
    const auto to_go = [&](int v) {
        return ranked
            .height[layered.isBend(v) ? ranked.edges[layered.edge_of_bend[v - layered.node_count]].to : v];
    };
    std::vector<int> stack, below;
    const auto start = [&](int root) {
        stack.push_back(root);
        while (!stack.empty()) {
            const int v = stack.back();
            stack.pop_back();
            if (seen[v])
                continue;
            seen[v] = 1;
            layered.rows[layered.rank[v]].push_back(v);
            below.assign(layered.down.of(v).begin(), layered.down.of(v).end());
            // The stack turns the order round: what is to come first goes on last.
            std::stable_sort(below.begin(), below.end(), [&](int a, int b) { return to_go(a) > to_go(b); });
            for (auto it = below.rbegin(); it != below.rend(); ++it)
                stack.push_back(*it);
        }
    };
    // Inputs first, then long paths, so that constants come to stand at the side.
    std::vector<int> sources;
    for (const int v : ranked.topological) {
        if (layered.up.of(v).size() == 0)
            sources.push_back(v);
    }
    std::stable_sort(sources.begin(), sources.end(), [&](int a, int b) {
        const bool a_in = ranked.depth[a] >= 0, b_in = ranked.depth[b] >= 0;
        return a_in != b_in ? a_in : ranked.height[a] > ranked.height[b];
    });
    for (const int v : sources)
        start(v);
    refreshPositions(layered);
}

/// Sorts one row by the mean position of its neighbours in the row before it. Vertices without any keep
/// their places.
void sortRow(Layered& layered, const Adjacency& neighbours, int r, std::vector<std::pair<double, int>>& keyed,
             std::vector<int>& places) {
    auto& row = layered.rows[r];
    keyed.clear();
    places.clear();
    for (std::size_t i = 0; i < row.size(); ++i) {
        const auto beside = neighbours.of(row[i]);
        if (beside.size() == 0)
            continue;
        double sum = 0;
        for (const int w : beside)
            sum += layered.position[w];
        keyed.emplace_back(sum / beside.size(), row[i]);
        places.push_back(static_cast<int>(i));
    }
    std::stable_sort(keyed.begin(), keyed.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < places.size(); ++i) {
        row[places[i]] = keyed[i].second;
        layered.position[keyed[i].second] = places[i];
    }
}

/// Crossings between the edges of two vertices if `a` stands left of `b`.
int crossingsOfPair(const Adjacency& neighbours, const std::vector<int>& position, int a, int b) {
    int crossings = 0;
    for (const int x : neighbours.of(a)) {
        for (const int y : neighbours.of(b))
            crossings += position[x] > position[y];
    }
    return crossings;
}

/// Exchanges neighbours wherever that removes crossings. Vertices with many edges are left alone: the
/// count of a pair grows with the product.
bool exchangeNeighbours(Layered& layered) {
    bool changed = false;
    for (auto& row : layered.rows) {
        for (std::size_t i = 0; i + 1 < row.size(); ++i) {
            const int a = row[i], b = row[i + 1];
            const int work = layered.up.of(a).size() * layered.up.of(b).size() +
                             layered.down.of(a).size() * layered.down.of(b).size();
            if (work > 1024)
                continue;
            const auto count = [&](int left, int right) {
                return crossingsOfPair(layered.up, layered.position, left, right) +
                       crossingsOfPair(layered.down, layered.position, left, right);
            };
            if (count(b, a) < count(a, b)) {
                std::swap(row[i], row[i + 1]);
                std::swap(layered.position[a], layered.position[b]);
                changed = true;
            }
        }
    }
    return changed;
}

}  // namespace

// Inversions counted with a Fenwick tree: Barth, Jünger & Mutzel, "Simple and efficient bilayer cross
// counting" (2002).
long long countCrossings(const Layered& layered) {
    long long crossings = 0;
    std::vector<int> ends, tree;
    for (std::size_t r = 0; r + 1 < layered.rows.size(); ++r) {
        const int width = static_cast<int>(layered.rows[r + 1].size());
        tree.assign(static_cast<std::size_t>(width) + 1, 0);
        int entered = 0;
        for (const int v : layered.rows[r]) {
            ends.clear();
            for (const int w : layered.down.of(v))
                ends.push_back(layered.position[w]);
            for (const int end : ends) {
                int not_right = 0;
                for (int i = end + 1; i > 0; i -= i & -i)
                    not_right += tree[i];
                crossings += entered - not_right;
            }
            for (const int end : ends) {
                for (int i = end + 1; i <= width; i += i & -i)
                    ++tree[i];
            }
            entered += static_cast<int>(ends.size());
        }
    }
    return crossings;
}

bool orderRows(const Ranked& ranked, Layered& layered, const Cancelled& cancelled) {
    firstOrder(ranked, layered);
    const bool large = layered.node_count > 3000;
    const int most_sweeps = large ? 6 : 24;
    const bool exchange = !large && layered.vertexCount() < 12'000;

    long long fewest = countCrossings(layered);
    auto best = layered.rows;
    std::vector<std::pair<double, int>> keyed;
    std::vector<int> places;
    const int last = static_cast<int>(layered.rows.size()) - 1;
    for (int sweep = 0, idle = 0; sweep < most_sweeps && fewest > 0 && idle < 4; ++sweep) {
        if (cancelled())
            return false;
        if (sweep % 2 == 0) {
            for (int r = 1; r <= last; ++r)
                sortRow(layered, layered.up, r, keyed, places);
        } else {
            for (int r = last - 1; r >= 0; --r)
                sortRow(layered, layered.down, r, keyed, places);
        }
        for (int pass = 0; exchange && pass < 4 && exchangeNeighbours(layered); ++pass) {
        }
        const long long crossings = countCrossings(layered);
        ++idle;
        if (crossings < fewest) {
            fewest = crossings;
            best = layered.rows;
            idle = 0;
        }
    }
    layered.rows = std::move(best);
    refreshPositions(layered);
    return !cancelled();
}

}  // namespace quantwright::layout_steps
